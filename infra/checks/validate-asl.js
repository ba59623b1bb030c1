// Validates the state machines named on the command line. A definition is a template until CloudFormation has filled in its
// substitutions, and the validator takes `${Name}` for a broken ARN, so each name gets a made-up one first.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import aslValidator from "asl-validator";

let failed = false;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const filled = text.replace(/\$\{(\w+)\}/g, "arn:aws:lambda:us-east-1:123456789012:function:$1");
  const { isValid, errors } = aslValidator(JSON.parse(filled), { checkPaths: true, checkArn: true });
  console.log(`${basename(file)}: ${isValid ? "valid" : "not valid"}`);
  for (const error of errors) {
    console.log(`  ${error["Error code"]}: ${error.Message ?? JSON.stringify(error)}${error.path ? ` (${error.path})` : ""}`);
  }
  failed ||= !isValid;
}
process.exitCode = failed ? 1 : 0;
