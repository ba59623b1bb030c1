//! What goes in and out, as callers see it.

mod asking;
mod following_up;
