//! With libFuzzer built in (`cargo xtask fuzz`), runs the target that `COUNTERSIGN_FUZZ_TARGET` names, having put its
//! samples into the directory that `COUNTERSIGN_FUZZ_SEEDS` names. Without it, `TARGET FILE...` gives each file to the
//! target once.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod fuzzing {
    use std::sync::OnceLock;

    use countersign_fuzz::Target;

    static TARGET: OnceLock<Target> = OnceLock::new();

    fn begin() {
        let name = std::env::var("COUNTERSIGN_FUZZ_TARGET").unwrap_or_default();
        let target = Target::named(&name).unwrap_or_else(|| panic!("there is no target {name:?}"));
        if let Ok(directory) = std::env::var("COUNTERSIGN_FUZZ_SEEDS") {
            for (number, seed) in target.seeds().into_iter().enumerate() {
                let path = std::path::Path::new(&directory).join(number.to_string());
                std::fs::write(&path, seed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
        TARGET.get_or_init(|| target);
    }

    libfuzzer_sys::fuzz_target!(
        init: begin(),
        |data: &[u8]| {
            if let Some(target) = TARGET.get() {
                (target.run)(data);
            }
        }
    );
}

#[cfg(not(fuzzing))]
fn main() -> Result<(), String> {
    use std::io::Write as _;

    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let target =
        countersign_fuzz::Target::named(&name).ok_or_else(|| format!("there is no target {name:?}"))?;
    for file in arguments {
        let data = std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
        let what = if (target.run)(&data) { "got through" } else { "was refused" };
        writeln!(std::io::stdout(), "{file} {what}").map_err(|error| error.to_string())?;
    }
    Ok(())
}
