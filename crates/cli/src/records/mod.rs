//! Requests, plans and their workflows as people look for them and read them. No secret leaves here: what is shown is
//! named field by field, and neither the task token nor the hash of a link is among it.

mod find;
mod json;
mod level;
mod page;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use find::{Found, find};
pub(crate) use json::{decision, request as request_json, workflow as workflow_json};
pub(crate) use level::{Standing, cause_in_words, ended, standing, time};
pub(crate) use page::page;
pub(crate) use show::text;
