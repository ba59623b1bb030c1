//! The pages in a real browser, as people, machines and attackers use them.

mod access;
mod attacks;
mod people;
mod scanners;
mod visit;
