//! What must hold does, in every state within the small bounds.

use model::{Bounds, Protocol};
use stateright::{Checker as _, Model as _};

#[test]
fn everything_holds_within_the_small_bounds() {
    for (name, bounds) in Bounds::SMALL {
        let checker = Protocol { bounds }.checker().spawn_bfs().join();
        println!("{name}: {} states, {} deep", checker.unique_state_count(), checker.max_depth());
        checker.assert_properties();
    }
}
