//! What was called, which calls fail in which way, and which take time.

use std::collections::BTreeMap;

use jiff::SignedDuration;

/// One kind of call, each a method of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// `ReadRequests::request`.
    ReadRequest,
    /// `KeepRequests::open`.
    Open,
    /// `KeepRequests::keep`.
    Keep,
    /// `ListRequests::owing_requests`.
    ListOwing,
    /// `ListRequests::pending_requests`.
    ListPending,
    /// `ListRequests::requests_of`.
    ListOf,
    /// A method of `BrowseRequests`.
    Browse,
    /// `WalkRequests::opened_requests`.
    Walk,
    /// `RecordVotes::record_vote`.
    RecordVote,
    /// `ClaimApprovals::claim`.
    Claim,
    /// `ReadAliases::alias`.
    ReadAlias,
    /// `ReadAliases::published`.
    ListVersions,
    /// `PointAliases::point`.
    PointAlias,
    /// `WatchAlarms::alarms`.
    ReadAlarms,
    /// `FindProjects::project`.
    ReadProject,
    /// `RunBuilds::newest`.
    ListBuilds,
    /// `RunBuilds::start`.
    StartBuild,
    /// `RunBuilds::build`.
    ReadBuild,
    /// `FindMachines::machine`.
    ReadMachine,
    /// `RunExecutions::start_execution`.
    StartExecution,
    /// `RunExecutions::ran`.
    ReadExecution,
    /// `CallWebhooks::signable`.
    ReadKey,
    /// `CallWebhooks::post`.
    CallWebhook,
    /// `ReadServices::service`.
    ReadService,
    /// `ReadServices::task_definition`.
    ReadTaskDefinition,
    /// `RollService::register`.
    RegisterTaskDefinition,
    /// `RollService::roll`.
    RollService,
    /// `ReadPointers::pointer`.
    ReadPointer,
    /// `ReadPolicy::policy`.
    ReadPolicy,
    /// `StorePolicies::store_policy`.
    StorePolicy,
    /// `StorePolicies::policy_version`.
    ReadPolicyVersion,
    /// `ListPolicies::policy_versions`.
    ListPolicies,
    /// `ReadPlans::plan`.
    ReadPlan,
    /// `StorePlans::store_plan`.
    StorePlan,
    /// `SendMail::send`.
    SendMail,
    /// `ResumeWorkflows::answer`.
    Answer,
    /// `DescribeWorkflows::describe`.
    Describe,
    /// `DescribeWorkflows::was_told`.
    WasTold,
    /// `SigningSecrets::signing_secrets`.
    SigningSecrets,
    /// `SigningSecrets::signing_secrets_anew`.
    SigningSecretsAnew,
    /// `KnowWorkspace::workspace`.
    Workspace,
    /// `PostToSlack::post`.
    PostToSlack,
    /// `PostToSlack::direct_channel`.
    OpenDirectChannel,
    /// `EditSlack::edit`.
    EditSlack,
    /// `AskSlackWho::address_of` and `AskSlackWho::user_with`.
    AskSlackWho,
    /// `OpenSlackModals::open_modal`.
    OpenSlackModal,
    /// `TellPrivately::tell_privately`.
    TellPrivately,
    /// `TellPrivately::reply_privately`.
    ReplyPrivately,
}

/// What goes wrong at a call. Whoever called learns the same from the first two, as in real life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call fails and nothing happened.
    BeforeEffect,
    /// The effect happened, but the call fails: its reply was lost.
    AfterEffect,
    /// The process dies before the effect: the call never returns, see [`super::until_death`].
    DeathBefore,
    /// The process dies after the effect: the call never returns, see [`super::until_death`].
    DeathAfter,
    /// The call fails, and so much later the effect happens.
    Late(SignedDuration),
    /// What is read is what [`super::Memory::remember`] remembered. Only what may be behind on AWS is read so: the
    /// lists, and how a workflow stands.
    Behind,
}

#[derive(Debug, Default)]
pub(super) struct Calls {
    made: Vec<Call>,
    faults: Vec<Injected>,
    slow: BTreeMap<Call, SignedDuration>,
}

#[derive(Debug)]
struct Injected {
    /// Any kind when absent.
    call: Option<Call>,
    /// How many calls of the kind are left until it happens, itself included.
    left: usize,
    fault: Fault,
}

impl Calls {
    pub(super) fn inject(&mut self, call: Option<Call>, nth: usize, fault: Fault) {
        self.faults.push(Injected { call, left: nth.max(1), fault });
    }

    pub(super) fn slow_down(&mut self, call: Call, by: SignedDuration) {
        self.slow.insert(call, by);
    }

    pub(super) fn time_of(&self, call: Call) -> SignedDuration {
        self.slow.get(&call).copied().unwrap_or_default()
    }

    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    pub(super) fn made(&self) -> &[Call] {
        &self.made
    }

    pub(super) fn forget(&mut self) {
        self.made.clear();
    }

    /// Counts a call and says what goes wrong with it. Of several faults at one call the first
    /// injected happens.
    pub(super) fn begin(&mut self, call: Call) -> Option<Fault> {
        self.made.push(call);
        let mut happens = None;
        for injected in &mut self.faults {
            if injected.call.is_none_or(|kind| kind == call) {
                injected.left -= 1;
                if injected.left == 0 {
                    happens = happens.or(Some(injected.fault));
                }
            }
        }
        self.faults.retain(|injected| injected.left > 0);
        happens
    }
}
