//! Responses: one set of security headers on every answer, whatever it says.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::{Format, Method};

/// Makes the response that answers `method`. `style` is the hash of the page's own style sheet
/// (`sha256-...`), the only one that a browser may apply.
pub fn respond(
    method: Method,
    format: Format,
    status: u16,
    body: String,
    style: Option<&str>,
) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = i64::from(status);
    response.headers = security_headers(style);
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    response.body = (method != Method::Head).then_some(Body::Text(body));
    response
}

/// Says which methods would have been answered.
#[must_use]
pub fn allowing(mut response: ApiGatewayProxyResponse, methods: &'static str) -> ApiGatewayProxyResponse {
    response.headers.insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// Nothing may be loaded or run, framed, cached or told to the next site; the form goes only to us.
fn security_headers(style: Option<&str>) -> HeaderMap {
    let styles = style.map(|hash| format!("style-src '{hash}'; ")).unwrap_or_default();
    let policy =
        format!("default-src 'none'; {styles}form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    // A hash that is no header text would be a mistake in the build; then no style is allowed at all.
    let policy =
        HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    HeaderMap::from_iter([
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_has_the_headers_of_get_and_no_body() {
        let answer = |method| respond(method, Format::Html, 200, "page".to_owned(), Some("sha256-abc="));
        assert_eq!(answer(Method::Get).headers, answer(Method::Head).headers);
        assert_eq!(answer(Method::Get).body, Some(Body::Text("page".to_owned())));
        assert_eq!(answer(Method::Head).body, None);
    }

    #[test]
    fn the_policy_lets_nothing_in_but_the_pages_own_style() {
        let policy = |style| security_headers(style)[CONTENT_SECURITY_POLICY].clone();
        assert_eq!(
            policy(Some("sha256-abc=")),
            "default-src 'none'; style-src 'sha256-abc='; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        assert_eq!(
            policy(None),
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(policy(Some("\n")), "default-src 'none'");
    }
}
