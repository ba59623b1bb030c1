//! What a target may say at most, and what it says when it says nothing.

use common::domain::{Destination, EcsService, LambdaAlias, Rollout, Shift};
use countersign::policy::compile;

/// What becomes of a target for checkout in production with these keys; or what is wrong with it.
fn rollout(keys: &str) -> Result<Rollout, Vec<String>> {
    rollout_of("lambda", keys)
}

fn rollout_of(kind: &str, keys: &str) -> Result<Rollout, Vec<String>> {
    let text = format!(
        "schema = 1\n[[rule]]\nname = \"all\"\n[[target]]\nservice = \"checkout\"\nenvironment = \"production\"\n\
         kind = \"{kind}\"\n{keys}\n"
    );
    let compiled = compile(text.as_bytes());
    let messages = compiled.mistakes.into_iter().map(|mistake| mistake.message).collect();
    compiled.policy.map(|policy| policy.targets[0].rollout.clone()).ok_or(messages)
}

/// A target that leads to the alias live of checkout.
fn timed(keys: &str) -> Result<(Option<u32>, u32, u32), Vec<String>> {
    let rollout = rollout(&format!("function = \"checkout\"\nalias = \"live\"\n{keys}"))?;
    Ok((rollout.max_age_seconds, rollout.poll_seconds, rollout.limit_seconds))
}

fn place(function: &str, alias: &str) -> Result<LambdaAlias, Vec<String>> {
    let rollout = rollout(&format!("function = \"{function}\"\nalias = \"{alias}\""))?;
    let Destination::Lambda(target) = rollout.to else { panic!("another kind") };
    Ok(target.place)
}

/// How its calls go over with these keys.
fn shift(keys: &str) -> Result<Option<Shift>, Vec<String>> {
    let rollout = rollout(&format!("function = \"checkout\"\nalias = \"live\"\n{keys}"))?;
    let Destination::Lambda(target) = rollout.to else { panic!("another kind") };
    Ok(target.shift)
}

#[test]
fn a_target_that_says_nothing_of_time_has_the_defaults() {
    assert_eq!(timed(""), Ok((None, 15, 3_600)));
    assert_eq!(timed("max_age = \"1s\""), Ok((Some(1), 15, 3_600)));
}

#[test]
fn the_longest_times_are_possible_and_longer_ones_are_not() {
    let longest = "max_age = \"365d\"\npoll = \"1h\"\nlimit = \"7d\"";
    assert_eq!(timed(longest), Ok((Some(31_536_000), 3_600, 604_800)));
    let messages = timed("poll = \"3601s\"\nlimit = \"604801s\"").unwrap_err();
    assert_eq!(messages, ["poll is 1h 1s; at most 1h is possible", "limit is 7d 1s; at most 7d is possible"]);
}

#[test]
fn a_workflow_looks_so_often_that_its_history_has_room() {
    assert_eq!(timed("poll = \"2s\"\nlimit = \"1000s\""), Ok((None, 2, Rollout::MAX_POLLS * 2)));
    let messages = timed("poll = \"2s\"\nlimit = \"1001s\"").unwrap_err();
    assert_eq!(messages, ["a workflow would look 501 times; at most 500 are possible"]);
}

#[test]
fn it_looks_at_least_twice() {
    assert_eq!(timed("poll = \"1s\"\nlimit = \"2s\""), Ok((None, 1, 2)));
    for limit in ["1s", "2s"] {
        let messages = timed(&format!("poll = \"2s\"\nlimit = \"{limit}\"")).unwrap_err();
        assert_eq!(messages, [format!("poll is 2s, so the limit of {limit} is over before the second look")]);
    }
}

#[test]
fn names_are_what_lambda_allows() {
    let place_of =
        |function: &str, alias: &str| LambdaAlias { function: function.to_owned(), alias: alias.to_owned() };
    for (function, alias) in [("checkout", "live"), ("A-b_9", "_9"), (&"f".repeat(64), &"a".repeat(128))] {
        assert_eq!(place(function, alias), Ok(place_of(function, alias)));
    }
    assert_eq!(place(" checkout ", " live "), Ok(place_of("checkout", "live")));
    for alias in ["", "7", "$LATEST", "a.b", "ä", &"a".repeat(129)] {
        assert_eq!(place("checkout", alias).unwrap_err().len(), 1, "{alias}");
    }
    for function in ["", "a:live", "a.b", "ä", &"f".repeat(65)] {
        assert_eq!(place(function, "live").unwrap_err().len(), 1, "{function}");
    }
}

#[test]
fn calls_go_over_at_once_or_in_steps() {
    assert_eq!(shift(""), Ok(None));
    let alarms = vec!["checkout-errors".to_owned()];
    let given = "steps = [10, 50]\nalarms = \"checkout-errors\"";
    assert_eq!(
        shift(given),
        Ok(Some(Shift { steps: vec![10, 50], hold_seconds: 300, alarms: alarms.clone() }))
    );
    let given = "steps = [99]\nhold = \"29m\"\nalarms = [\"checkout-errors\", \"checkout-errors\"]";
    assert_eq!(shift(given), Ok(Some(Shift { steps: vec![99], hold_seconds: 1_740, alarms })));
}

#[test]
fn steps_and_the_way_back_fit_into_the_limit() {
    let given = |limit: &str| shift(&format!("steps = [10, 50]\nhold = \"20m\"\nlimit = \"{limit}\""));
    assert!(given("63m").unwrap().is_some());
    assert_eq!(
        given("3779s").unwrap_err(),
        [
            "the target has steps and no alarms: nothing takes the calls back",
            "steps of 20m, and the time to take back the last, do not fit into 1h 2m 59s with the looks between them"
        ]
    );
}

#[test]
fn as_many_steps_and_alarms_as_a_record_and_a_look_hold() {
    let many = |count: usize| (1..=count).map(|step| step.to_string()).collect::<Vec<_>>().join(", ");
    let steps = |count| shift(&format!("steps = [{}]\nhold = \"1m\"\nalarms = \"a\"", many(count)));
    assert_eq!(steps(10).unwrap().unwrap().steps.len(), 10);
    assert_eq!(steps(11).unwrap_err(), ["steps has 11; 1 to 10 are possible"]);
    let alarms = |count: usize| {
        let names: Vec<_> = (0..count).map(|number| format!("\"{number}{}\"", "a".repeat(254))).collect();
        shift(&format!("steps = [10]\nalarms = [{}]", names.join(", ")))
    };
    assert_eq!(alarms(10).unwrap().unwrap().alarms.len(), 10);
    assert!(alarms(11).unwrap_err().contains(&"more than 10 alarms".to_owned()));
}

/// A target that leads to a service.
fn service(keys: &str) -> Result<EcsService, Vec<String>> {
    let Destination::Ecs(service) = rollout_of("ecs", keys)?.to else { panic!("another kind") };
    Ok(service)
}

#[test]
fn a_service_is_known_by_its_names_and_its_container_may_be_the_only_one() {
    let of = |container: Option<&str>| EcsService {
        cluster: "shop".to_owned(),
        ecs_service: "web-1".to_owned(),
        container: container.map(str::to_owned),
    };
    let names = "cluster = \"shop\"\necs_service = \" web-1 \"";
    assert_eq!(service(names), Ok(of(None)));
    assert_eq!(service(&format!("{names}\ncontainer = \"app\"")), Ok(of(Some("app"))));
    let longest = "a".repeat(255);
    assert!(service(&format!("cluster = \"{longest}\"\necs_service = \"web\"")).is_ok());
}

#[test]
fn what_is_no_name_of_a_service_is_refused() {
    assert_eq!(
        service("").unwrap_err(),
        ["a target of the kind \"ecs\" has no cluster", "a target of the kind \"ecs\" has no ecs_service"]
    );
    let long = "a".repeat(256);
    for name in ["", " ", "a b", "a;b", "shop/web", "$(x)", &long] {
        let names = format!("cluster = \"shop\"\necs_service = \"{name}\"");
        let expected = format!("{name:?} is not the name of an ECS service");
        assert_eq!(service(&names).unwrap_err(), [expected]);
    }
    assert!(
        service("cluster = \"arn:aws:ecs:eu-west-1:123456789012:cluster/shop\"\necs_service = \"web\"")
            .is_err()
    );
    let unknown = service("cluster = \"shop\"\necs_service = \"web\"\nalias = \"live\"\nimage = \"web:1\"");
    assert_eq!(
        unknown.unwrap_err(),
        ["unknown key \"alias\" in a target", "unknown key \"image\" in a target"]
    );
}

#[test]
fn a_project_is_known_by_its_name() {
    let project = |name: &str| {
        let rollout = rollout_of("codebuild", &format!("project = \"{name}\""))?;
        let Destination::Codebuild(builds) = rollout.to else { panic!("another kind") };
        Ok::<_, Vec<String>>(builds.project)
    };
    assert_eq!(project(" deploy_web-1 "), Ok("deploy_web-1".to_owned()));
    assert!(project(&"a".repeat(150)).is_ok());
    for name in ["", "a b", "a/b", "$(x)", &"a".repeat(151)] {
        assert_eq!(project(name).unwrap_err(), [format!("{name:?} is not the name of a CodeBuild project")]);
    }
    assert_eq!(
        rollout_of("codebuild", "").unwrap_err(),
        ["a target of the kind \"codebuild\" has no project"]
    );
}

#[test]
fn a_state_machine_is_known_by_its_arn() {
    let machine = |arn: &str| {
        let rollout = rollout_of("step-functions", &format!("state_machine = \"{arn}\""))?;
        let Destination::StepFunctions(machine) = rollout.to else { panic!("another kind") };
        Ok::<_, Vec<String>>(machine.state_machine)
    };
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:release";
    assert_eq!(machine(&format!(" {arn} ")), Ok(arn.to_owned()));
    assert!(machine(&arn.replace("arn:aws:", "arn:aws-us-gov:")).is_ok());
    for text in [
        "",
        "release",
        &arn.replace("stateMachine", "execution"),
        &format!("{arn}:1"),
        &arn.replace("123456789012", "me"),
        &arn.replace("release", "a b"),
        &arn.replace("states", "lambda"),
    ] {
        assert_eq!(machine(text).unwrap_err(), [format!("{text:?} is not the ARN of a state machine")]);
    }
}

#[test]
fn a_receiver_is_known_by_its_address_and_the_secret_with_its_key() {
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hooks/shop-AbCdEf";
    let webhook = |url: &str, secret: &str| {
        let rollout = rollout_of("webhook", &format!("url = \"{url}\"\nsecret = \"{secret}\""))?;
        let Destination::Webhook(webhook) = rollout.to else { panic!("another kind") };
        Ok::<_, Vec<String>>((webhook.url.expose().to_owned(), webhook.secret))
    };
    let url = "https://deploy.example.com/hooks/shop?token=s3cret";
    assert_eq!(webhook(&format!(" {url} "), &format!(" {arn} ")), Ok((url.to_owned(), arn.to_owned())));
    assert!(webhook("http://localhost:8480/hook", arn).is_ok(), "for a local run");
    assert!(webhook(url, &arn.replace("arn:aws:", "arn:aws-cn:")).is_ok());
    for (bad, message) in [
        ("http://deploy.example.com/s3cret", "the url is not https"),
        ("https://s3cret@deploy.example.com/", "the url has a user in it"),
        ("https://deploy.example.com/#s3cret", "the url has a part behind a #"),
        ("https:///s3cret", "the url has no host in it, or a port that is none"),
        ("https://deploy.example.com/s3cret x", "the url has a character in it that no address has"),
        (
            &format!("https://deploy.example.com/{}", "s3cret".repeat(400)),
            "the url is longer than 2000 characters",
        ),
    ] {
        assert_eq!(webhook(bad, arn).unwrap_err(), [message], "an address is not repeated");
    }
    for bad in [
        "",
        "whsec_c2VjcmV0",
        "hooks/shop",
        &arn.replace("-AbCdEf", ""),
        &arn.replace("-AbCdEf", "-AbCdE"),
        &arn.replace("123456789012", "me"),
        &arn.replace("secretsmanager", "ssm"),
        &format!("{arn}:key"),
    ] {
        let message = "the secret is not the complete ARN of a secret in Secrets Manager";
        assert_eq!(webhook(url, bad).unwrap_err(), [message]);
    }
    assert_eq!(
        rollout_of("webhook", "").unwrap_err(),
        ["a target of the kind \"webhook\" has no url", "a target of the kind \"webhook\" has no secret"]
    );
}
