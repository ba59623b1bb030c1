//! How large the world is that is searched, and what is broken in it on purpose.

/// What may happen how often. Everything within is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// What the world consists of.
    pub shape: Shape,
    /// How many people may vote on each request.
    pub people: usize,
    /// How many approvals a request takes.
    pub quorum: usize,
    /// How often each person votes on each request.
    pub ballots: u8,
    /// How many waits the deadline of a request allows.
    pub waits: u8,
    /// How often a task that fails is tried again.
    pub retries: u8,
    /// How many calls fail, lose their reply, or are the last of their process.
    pub faults: u8,
    /// How often the stream wakes `reconcile` while the decider may still be at work.
    pub early_visits: u8,
    /// How often the operators stop a workflow.
    pub stops: u8,
    /// How often the operators take a request back.
    pub withdrawals: u8,
    /// Whether the caller loops on `waiting` and branches on what its timeout finds.
    pub can_wait: bool,
    /// What the workflow's history proves.
    pub history: History,
    /// What is broken on purpose.
    pub broken: Option<Break>,
}

/// The requests and workflows of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One workflow with one level.
    One,
    /// One workflow whose second level is asked when the first has approved.
    TwoLevels,
    /// One workflow whose plan is replaced by a newer one; what becomes of that one is not followed.
    NewerPlan,
    /// The same, and the newer plan's workflow runs beside it.
    TwoPlans,
}

/// What a workflow's history is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// It has every answer, at the latest when the workflow is shown as ended.
    Whole,
    /// It may not have the last answer yet although the workflow is shown as ended.
    Behind,
    /// It cannot be read.
    Unreadable,
}

/// One guard that is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Break {
    /// Records are written whatever stands there.
    WriteAnyway,
    /// A later vote of the same person replaces the first.
    VoteAgain,
    /// The write that decides does not owe the answer; the process remembers it.
    OweLater,
    /// The debt is marked as paid before the task is answered.
    MarkFirst,
    /// The timer's task does not ask the record: the wait is over, so the request has expired.
    ExpireUnasked,
    /// An older attempt that arrives late replaces the token of a newer one.
    AnyAttempt,
    /// An ended workflow was never told, whatever its history says.
    GoneUnproven,
    /// Whoever comes by settles a debt that its decider may just be paying.
    SettleAtOnce,
    /// Votes and openings do not depend on the pointer to the newest plan.
    PointerIgnored,
    /// Nobody comes by for what was left behind.
    NobodySweeps,
}

impl Break {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::WriteAnyway,
        Self::VoteAgain,
        Self::OweLater,
        Self::MarkFirst,
        Self::ExpireUnasked,
        Self::AnyAttempt,
        Self::GoneUnproven,
        Self::SettleAtOnce,
        Self::PointerIgnored,
        Self::NobodySweeps,
    ];
}

impl Bounds {
    /// One level, one person, two waits, one fault.
    pub const fn one() -> Self {
        Self {
            shape: Shape::One,
            people: 1,
            quorum: 1,
            ballots: 1,
            waits: 2,
            retries: 0,
            faults: 1,
            early_visits: 0,
            stops: 0,
            withdrawals: 0,
            can_wait: true,
            history: History::Whole,
            broken: None,
        }
    }

    /// The stream wakes `reconcile` while the decider is at work, and the operators stop the workflow.
    pub const fn early() -> Self {
        Self { early_visits: 1, waits: 1, stops: 1, ..Self::one() }
    }

    /// Tasks that fail, or are given up while they are at work, are tried again.
    pub const fn retried() -> Self {
        Self { retries: 1, waits: 1, ..Self::one() }
    }

    /// Two people, of whom one is enough.
    pub const fn any_of_two() -> Self {
        Self { people: 2, faults: 0, ..Self::one() }
    }

    /// Two people, both of whom it takes.
    pub const fn both() -> Self {
        Self { quorum: 2, ..Self::any_of_two() }
    }

    /// A caller that goes on to its failure when its wait times out.
    pub const fn minimal_caller() -> Self {
        Self { can_wait: false, waits: 1, stops: 1, ..Self::one() }
    }

    /// An operator takes the request back.
    pub const fn taken_back() -> Self {
        Self { withdrawals: 1, waits: 1, ..Self::one() }
    }

    /// Two levels, one person each.
    pub const fn two_levels() -> Self {
        Self { shape: Shape::TwoLevels, waits: 1, ..Self::one() }
    }

    /// A newer plan takes the place.
    pub const fn newer_plan() -> Self {
        Self { shape: Shape::NewerPlan, waits: 1, ..Self::one() }
    }

    /// Nothing proves an answer later, and nothing fails.
    pub const fn unreadable() -> Self {
        Self { history: History::Unreadable, faults: 0, stops: 1, waits: 1, ballots: 2, ..Self::one() }
    }

    /// The bounds by name, as the tests search them.
    pub const SMALL: [(&'static str, Self); 10] = [
        ("one person, two waits", Self::one()),
        ("woken early and stopped", Self::early()),
        ("tasks tried again", Self::retried()),
        ("any of two people", Self::any_of_two()),
        ("both of two people", Self::both()),
        ("a caller that cannot wait again", Self::minimal_caller()),
        ("taken back by an operator", Self::taken_back()),
        ("two levels", Self::two_levels()),
        ("a newer plan", Self::newer_plan()),
        ("a history that cannot be read", Self::unreadable()),
    ];

    /// Larger ones.
    pub const LARGE: [(&'static str, Self); 9] = [
        ("one person, everything", Self { early_visits: 1, stops: 1, retries: 1, ..Self::one() }),
        ("one person, two faults", Self { faults: 2, retries: 1, ..Self::one() }),
        ("any of two people, one fault", Self { faults: 1, stops: 1, ..Self::any_of_two() }),
        ("both of two people, one fault", Self { faults: 1, stops: 1, ..Self::both() }),
        (
            "a caller that cannot wait again, two faults",
            Self { faults: 2, retries: 1, ..Self::minimal_caller() },
        ),
        ("taken back by an operator, two waits", Self { waits: 2, early_visits: 1, ..Self::taken_back() }),
        ("two levels, stopped", Self { stops: 1, ..Self::two_levels() }),
        ("two plans", Self { shape: Shape::TwoPlans, waits: 1, faults: 0, ..Self::newer_plan() }),
        ("a history that cannot be read, three ballots", Self { ballots: 3, ..Self::unreadable() }),
    ];

    /// The same with one thing broken.
    #[must_use]
    pub const fn without(self, guard: Break) -> Self {
        Self { broken: Some(guard), ..self }
    }

    /// How many requests there can be.
    pub const fn requests(&self) -> usize {
        match self.shape {
            Shape::One | Shape::NewerPlan => 1,
            Shape::TwoLevels | Shape::TwoPlans => 2,
        }
    }

    /// How many workflows there can be.
    pub const fn workflows(&self) -> usize {
        match self.shape {
            Shape::One | Shape::TwoLevels | Shape::NewerPlan => 1,
            Shape::TwoPlans => 2,
        }
    }

    /// How many levels a workflow has.
    pub const fn levels(&self) -> usize {
        self.requests() / self.workflows()
    }
}
