// What the tests with real clients and proxies may use. A whole run has prepared it and says in TEST_MISSING what cannot be had
// (TEST_PYTHON tells that it did); a test file that is run by itself prepares it here.

import { prepareTools, type ToolName } from '../../scripts/test-tools.ts'

/** Those of `names` that tests must do without. */
export async function missingTools(names: readonly ToolName[]): Promise<ReadonlySet<string>> {
  const { TEST_PYTHON: isPrepared, TEST_MISSING: missing = '' } = process.env
  return new Set(isPrepared ? missing.split(',') : await prepareTools(names))
}
