//! The format as `docs/POLICY.md` tells it.
