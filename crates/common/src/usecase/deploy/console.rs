//! Where people find something in AWS' console.

/// A page about what this ARN names, in its Region and partition; some pages are named behind the sign #.
pub(super) fn page(arn: &str, path: &str, behind: Option<&str>) -> Option<String> {
    let mut parts = arn.split(':').skip(1);
    let domain = match parts.next()? {
        "aws" => "aws.amazon.com",
        "aws-cn" => "amazonaws.cn",
        "aws-us-gov" => "amazonaws-us-gov.com",
        _ => return None,
    };
    let region = parts.nth(1).filter(|region| !region.is_empty())?;
    let behind = behind.map(|behind| format!("#{behind}")).unwrap_or_default();
    Some(format!("https://{region}.console.{domain}/{path}?region={region}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_page_is_in_the_region_and_the_partition() {
        for (partition, domain) in
            [("aws", "aws.amazon.com"), ("aws-cn", "amazonaws.cn"), ("aws-us-gov", "amazonaws-us-gov.com")]
        {
            let arn = format!("arn:{partition}:ecs:eu-west-1:123456789012:service/shop/web");
            let expected = format!("https://eu-west-1.console.{domain}/ecs/v2?region=eu-west-1");
            assert_eq!(page(&arn, "ecs/v2", None), Some(expected.clone()));
            assert_eq!(page(&arn, "ecs/v2", Some("/a")), Some(expected + "#/a"));
        }
        for arn in ["", "arn:aws-iso:ecs:us-iso-east-1:1:service/a", "arn:aws:iam::1:role/a"] {
            assert_eq!(page(arn, "ecs/v2", None), None, "{arn}");
        }
    }
}
