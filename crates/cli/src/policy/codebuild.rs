//! From the written keys of a `codebuild` target to a project.

use common::domain::BuildProject;

use super::mistakes::Mistakes;
use super::read::{At, Codebuild};
use super::target::{is_name, required};

/// What CodeBuild allows in the name of a project.
const MAX_NAME: usize = 150;

pub(super) fn compile(target: &Codebuild, at: usize, mistakes: &mut Mistakes<'_>) -> Option<BuildProject> {
    let At { value, at } = required("codebuild", "project", &target.project, at, mistakes)?;
    let name = value.trim();
    if is_name(name, MAX_NAME) {
        return Some(BuildProject { project: name.to_owned() });
    }
    let bare = name.split_once(":project/").map(|(_, bare)| bare).filter(|bare| is_name(bare, MAX_NAME));
    mistakes.error(*at, format!("{value:?} is not the name of a CodeBuild project")).suggest(match bare {
        Some(bare) => {
            format!("write only its name: project = {bare:?}; account and Region are the stack's")
        }
        None => format!("write 1 to {MAX_NAME} letters, digits, hyphens and underscores"),
    });
    None
}
