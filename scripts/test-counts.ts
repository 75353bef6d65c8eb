// Counts tests from what their runners say. A runner that fails without naming a failed test counts as one: nothing that
// went wrong may end up as "0 failed".

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 }

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** The last line of a test run. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** 0 only if something was tested and nothing failed. */
export function exitStatusOf({ passed, failed }: TestCounts): 0 | 1 {
  return failed === 0 && passed > 0 ? 0 : 1
}

/** From the output of `python3 -m unittest`, which ends with `Ran 3 tests in 0.1s` and `FAILED (failures=1, skipped=1)`. */
export function countUnittest(output: string, isOk: boolean): TestCounts {
  // The last ones: tests may print such lines too.
  const ran = Number([...output.matchAll(/^Ran (\d+) tests? in /gm)].at(-1)?.[1] ?? 0)
  const results = [...output.matchAll(/^(?:OK|FAILED|NO TESTS RAN)(?: \(([^)]*)\))?$/gm)]
  const result = results.at(-1)?.[1] ?? ''
  const numberOf = (word: string): number =>
    Number(new RegExp(`(?:^|, )${word}=(\\d+)`).exec(result)?.[1] ?? 0)
  // Of one test several subtests may fail: then there are more failures than tests.
  const failures = numberOf('failures') + numberOf('errors') + numberOf('unexpected successes')
  const skipped = numberOf('skipped')
  const failed = failures === 0 && (!isOk || ran === 0) ? 1 : failures
  return { passed: Math.max(0, ran - failures - skipped), failed, skipped }
}

/** The reasons that `python3 -m unittest -v` gives, a line each. */
export function skippedUnittests(output: string): string[] {
  return output.split('\n').filter((line) => / \.\.\. skipped /.test(line))
}

/** What is used of vitest's JSON report. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Without a report vitest did not even come to its end. */
export function countVitest(report: VitestReport | undefined, isOk: boolean): TestCounts {
  let counts = NO_TESTS
  for (const file of report?.testResults ?? []) {
    const statuses = file.assertionResults.map(({ status }) => status)
    const passed = statuses.filter((status) => status === 'passed').length
    const named = statuses.filter((status) => status === 'failed').length
    // A file that cannot be imported, or whose hooks fail, names no failed test.
    const failed = named === 0 && file.status === 'failed' ? 1 : named
    counts = addCounts(counts, { passed, failed, skipped: statuses.length - passed - named })
  }
  return isOk || counts.failed > 0 ? counts : { ...counts, failed: 1 }
}

/** Files and names of the tests that vitest skipped, a line each. */
export function skippedVitests(report: VitestReport | undefined): string[] {
  return (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => `${file.name}: ${fullName.trim()}`),
  )
}
