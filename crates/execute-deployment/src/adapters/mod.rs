//! One kind of target per file. Its client is in no other function's binary.

pub mod lambda;
