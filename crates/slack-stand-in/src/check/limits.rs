//! The numbers. Lengths are in characters.

/// `text` of a message that is posted; Slack truncates above, and here it is refused.
pub(crate) const TEXT: usize = 40_000;
/// All blocks of a message together. It is not documented
/// (<https://github.com/slackapi/bolt-js/issues/2509>); here their JSON counts, which is the strictest reading.
pub(crate) const MESSAGE_CHARACTERS: usize = 13_200;
pub(crate) const MESSAGE_BLOCKS: usize = 50;
pub(crate) const VIEW_BLOCKS: usize = 100;
/// Bytes of a view.
pub(crate) const VIEW_SIZE: usize = 250 * 1024;

pub(crate) const HEADER_TEXT: usize = 150;
pub(crate) const SECTION_TEXT: usize = 3000;
pub(crate) const SECTION_FIELDS: usize = 10;
pub(crate) const FIELD_TEXT: usize = 2000;
pub(crate) const CONTEXT_ELEMENTS: usize = 10;
/// A text object that no other limit names.
pub(crate) const ANY_TEXT: usize = 3000;
pub(crate) const ACTIONS_ELEMENTS: usize = 25;
pub(crate) const INPUT_LABEL: usize = 2000;
pub(crate) const INPUT_HINT: usize = 2000;

pub(crate) const ID: usize = 255;
pub(crate) const BUTTON_TEXT: usize = 75;
pub(crate) const BUTTON_VALUE: usize = 2000;
pub(crate) const BUTTON_URL: usize = 3000;
pub(crate) const BUTTON_LABEL: usize = 75;
pub(crate) const CONFIRM_TITLE: usize = 100;
pub(crate) const CONFIRM_TEXT: usize = 300;
pub(crate) const CONFIRM_BUTTON: usize = 30;
pub(crate) const PLACEHOLDER: usize = 150;
/// What `min_length` and `max_length` of an input can be.
pub(crate) const INPUT_LENGTH: u64 = 3000;

pub(crate) const VIEW_WORDS: usize = 24;
pub(crate) const PRIVATE_METADATA: usize = 3000;
