//! Everything that a run leaves to chance, as a list of small numbers: from a seed, or from a list that is played again.
//!
//! 0 is always the calm choice: no fault, the shortest delay, the simplest setting. So a run gets simpler when numbers are
//! set to 0 or left out, and that is how a failing run is made small.

/// Where a run's choices come from.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    source: Source,
    made: Vec<u32>,
}

#[derive(Clone, Debug)]
enum Source {
    Seed(fastrand::Rng),
    List(std::vec::IntoIter<u32>),
}

impl Choices {
    /// Those of a seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { source: Source::Seed(fastrand::Rng::with_seed(seed)), made: Vec::new() }
    }

    /// These; calm ones when they are used up.
    pub(crate) fn listed(list: Vec<u32>) -> Self {
        Self { source: Source::List(list.into_iter()), made: Vec::new() }
    }

    /// One of 0 to `n - 1`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let choice = match &mut self.source {
            _ if n < 2 => return 0,
            Source::Seed(random) => random.u32(..n),
            Source::List(list) => list.next().unwrap_or_default().min(n - 1),
        };
        self.made.push(choice);
        choice
    }

    /// Yes so often in a thousand times.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        per_mille > 0 && self.below(1_000) >= 1_000 - per_mille.min(1_000)
    }

    /// One of these; the first is the calm one.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T], calm: T) -> T {
        let at = self.below(u32::try_from(of.len()).unwrap_or(u32::MAX));
        usize::try_from(at).ok().and_then(|at| of.get(at).copied()).unwrap_or(calm)
    }

    /// Every choice so far.
    pub(crate) fn made(&self) -> &[u32] {
        &self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(choices: &mut Choices) -> Vec<u32> {
        (2..40).map(|n| choices.below(n)).collect()
    }

    #[test]
    fn a_list_of_what_a_seed_chose_chooses_the_same() {
        let mut seeded = Choices::seeded(7);
        let drawn = draw(&mut seeded);
        assert_eq!(draw(&mut Choices::listed(seeded.made().to_vec())), drawn);
        assert_ne!(draw(&mut Choices::seeded(8)), drawn);
    }

    #[test]
    fn what_a_list_lacks_is_calm() {
        let mut choices = Choices::listed(vec![9]);
        assert_eq!((choices.below(4), choices.below(4), choices.chance(999)), (3, 0, false));
        assert_eq!(choices.one(&['a', 'b'], 'a'), 'a');
    }
}
