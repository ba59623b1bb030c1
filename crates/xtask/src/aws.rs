//! The emulator's AWS APIs, as far as a local run needs them, called as the root user of its account.

use http_body_util::Full;
use hyper::{Request, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::http::{self, HttpError};
use crate::signature::Signer;

/// What every client of the emulator uses.
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCESS_KEY: &str = "test";
pub(crate) const SECRET_KEY: &str = "test";

#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("the emulator does not answer")]
    Unreachable(#[source] HttpError),
    #[error("{operation} was refused: {message}")]
    Refused { operation: &'static str, kind: String, message: String },
    #[error("the answer to {operation} lacks what it should have")]
    Incomplete { operation: &'static str },
}

/// The AWS services of one emulator.
#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) authority: String,
}

impl Aws {
    pub(crate) async fn start_execution(
        &self,
        machine: &str,
        name: &str,
        input: &str,
    ) -> Result<Value, CallError> {
        self.states("StartExecution", &json!({"stateMachineArn": machine, "name": name, "input": input}))
            .await
    }

    pub(crate) async fn describe_execution(&self, arn: &str) -> Result<Value, CallError> {
        self.states("DescribeExecution", &json!({ "executionArn": arn })).await
    }

    pub(crate) async fn executions(&self, machine: &str) -> Result<Vec<Value>, CallError> {
        self.states_pages("ListExecutions", json!({ "stateMachineArn": machine }), "executions").await
    }

    pub(crate) async fn state_machines(&self) -> Result<Vec<Value>, CallError> {
        self.states_pages("ListStateMachines", json!({}), "stateMachines").await
    }

    /// Every item of a table.
    pub(crate) async fn scan(&self, table: &str) -> Result<Vec<Value>, CallError> {
        let input = json!({ "TableName": table, "ConsistentRead": true });
        let target = ("dynamodb", "DynamoDB_20120810", "Scan");
        self.pages(target, input, "Items", "LastEvaluatedKey", "ExclusiveStartKey").await
    }

    /// Makes a secret. Gives its ARN.
    pub(crate) async fn create_secret(&self, name: &str, content: &str) -> Result<String, CallError> {
        let input = json!({ "Name": name, "SecretString": content });
        let made = self.call(("secretsmanager", "secretsmanager", "CreateSecret"), &input).await?;
        let arn = made.get("ARN").and_then(Value::as_str).map(str::to_owned);
        arn.ok_or(CallError::Incomplete { operation: "CreateSecret" })
    }

    async fn states(&self, operation: &'static str, input: &Value) -> Result<Value, CallError> {
        self.call(("states", "AWSStepFunctions", operation), input).await
    }

    async fn states_pages(
        &self,
        operation: &'static str,
        input: Value,
        list: &str,
    ) -> Result<Vec<Value>, CallError> {
        self.pages(("states", "AWSStepFunctions", operation), input, list, "nextToken", "nextToken").await
    }

    async fn pages(
        &self,
        target: (&str, &str, &'static str),
        mut input: Value,
        list: &str,
        next: &str,
        from: &str,
    ) -> Result<Vec<Value>, CallError> {
        let mut all = Vec::new();
        loop {
            let mut page = self.call(target, &input).await?;
            if let Some(Value::Array(items)) = page.get_mut(list).map(Value::take) {
                all.extend(items);
            }
            match (page.get_mut(next).map(Value::take), input.as_object_mut()) {
                (Some(token), Some(input)) if !token.is_null() => input.insert(from.to_owned(), token),
                _ => return Ok(all),
            };
        }
    }

    /// Every stage of every REST API, as the ids of both.
    pub(crate) async fn api_stages(&self) -> Result<Vec<(String, String)>, CallError> {
        let list = |answer: &Value, name: &str| {
            let items = answer.get("item").and_then(Value::as_array).cloned().unwrap_or_default();
            items.iter().filter_map(|item| item.get(name)?.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let mut stages = Vec::new();
        for api in list(&self.get("apigateway", "GetRestApis", "/restapis").await?, "id") {
            let path = format!("/restapis/{api}/stages");
            let named = list(&self.get("apigateway", "GetStages", &path).await?, "stageName");
            stages.extend(named.into_iter().map(|stage| (api.clone(), stage)));
        }
        Ok(stages)
    }

    async fn get(&self, service: &str, operation: &'static str, path: &str) -> Result<Value, CallError> {
        self.exchange(service, operation, ("GET", path), None, String::new()).await
    }

    async fn call(
        &self,
        (service, prefix, operation): (&str, &str, &'static str),
        input: &Value,
    ) -> Result<Value, CallError> {
        let target = format!("{prefix}.{operation}");
        self.exchange(service, operation, ("POST", "/"), Some(&target), input.to_string()).await
    }

    #[expect(clippy::disallowed_methods, reason = "a signature is made now")]
    async fn exchange(
        &self,
        service: &str,
        operation: &'static str,
        (method, path): (&str, &str),
        target: Option<&str>,
        body: String,
    ) -> Result<Value, CallError> {
        let signer = Signer { access_key: ACCESS_KEY, secret_key: SECRET_KEY, region: REGION, service };
        let mut headers = vec![(header::HOST.as_str(), self.authority.as_str())];
        headers.extend(target.map(|target| ("x-amz-target", target)));
        let signature = signer.sign(Timestamp::now(), (method, path), &headers, body.as_bytes());
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("x-amz-date", signature.date)
            .header(header::AUTHORIZATION, signature.authorization)
            .body(Full::from(body))
            .map_err(|error| CallError::Unreachable(HttpError::Malformed(error)))?;
        let response = http::send(&self.authority, request).await.map_err(CallError::Unreachable)?;
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if response.status().is_success() {
            return Ok(body);
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let kind = text("__type").and_then(|kind| kind.rsplit('#').next()).unwrap_or("error").to_owned();
        let message = text("message").or_else(|| text("Message")).unwrap_or(&kind).to_owned();
        Err(CallError::Refused { operation, kind, message })
    }
}

/// An item of a table as plain JSON.
pub(crate) fn plain_item(item: &Value) -> Value {
    let Value::Object(attributes) = item else { return Value::Null };
    attributes.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn plain(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute.as_object().and_then(|attribute| attribute.iter().next()) else {
        return Value::Null;
    };
    let number =
        |text: &Value| text.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    match (kind.as_str(), value) {
        ("N", text) => number(text),
        ("NULL", _) => Value::Null,
        ("M", map) => plain_item(map),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        ("NS", Value::Array(numbers)) => numbers.iter().map(number).collect(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_becomes_plain_json() {
        let item = json!({
            "id": {"S": "a-1"}, "version": {"N": "3"}, "canWait": {"BOOL": true}, "none": {"NULL": true},
            "votes": {"L": [{"M": {"choice": {"S": "approve"}}}]}, "names": {"SS": ["a", "b"]}, "sizes": {"NS": ["1"]},
        });
        let plain = json!({
            "id": "a-1", "version": 3, "canWait": true, "none": null,
            "votes": [{"choice": "approve"}], "names": ["a", "b"], "sizes": [1],
        });
        assert_eq!(plain_item(&item), plain);
    }
}
