//! Every run ends: no step leads back to a state that was before it.
//!
//! The checker passes over states that it has seen; here the steps themselves are followed, so that a circle shows.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use model::{Bounds, Protocol, World};
use stateright::Model as _;

#[test]
fn no_run_goes_in_circles() {
    for (name, bounds) in Bounds::SMALL {
        let protocol = Protocol { bounds };
        // How many steps are left in the longest run from a state; absent while its runs are followed.
        let mut left: HashMap<u64, Option<u32>> = HashMap::new();
        let mut open: Vec<(World, bool)> =
            protocol.init_states().into_iter().map(|world| (world, false)).collect();
        let mut longest = 0;
        while let Some((world, followed)) = open.pop() {
            let key = fingerprint(&world);
            let next = || protocol.next_steps(&world).into_iter().map(|(_, next)| next);
            if followed {
                let ahead = next().filter_map(|next| *left.get(&fingerprint(&next))?).max();
                let steps = ahead.map_or(0, |steps| steps + 1);
                longest = longest.max(steps);
                left.insert(key, Some(steps));
                continue;
            }
            match left.get(&key) {
                Some(Some(_)) => continue,
                Some(None) => panic!("{name}: a run comes back to {world:?}"),
                None => {}
            }
            left.insert(key, None);
            let ahead: Vec<_> = next().collect();
            open.push((world, true));
            for next in ahead {
                match left.get(&fingerprint(&next)) {
                    Some(Some(_)) => {}
                    Some(None) => panic!("{name}: a run comes back to {next:?}"),
                    None => open.push((next, false)),
                }
            }
        }
        println!("{name}: {} states, the longest run has {longest} steps", left.len());
    }
}

fn fingerprint(world: &World) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(world)
}
