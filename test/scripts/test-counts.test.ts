import { describe, expect, test } from 'vitest'
import {
  countUnittest,
  countVitest,
  exitStatusOf,
  skippedUnittests,
  skippedVitests,
  summaryLine,
} from '../../scripts/test-counts.ts'
import type { VitestReport } from '../../scripts/test-counts.ts'

describe('countUnittest', () => {
  test.each([
    ['all passed', 'Ran 12 tests in 0.1s\n\nOK\n', true, [12, 0, 0]],
    ['one test', 'Ran 1 test in 0.1s\n\nOK\n', true, [1, 0, 0]],
    ['some skipped', 'Ran 12 tests in 0.1s\n\nOK (skipped=2)\n', true, [10, 0, 2]],
    [
      'some expected to fail',
      'Ran 12 tests in 0.1s\n\nOK (skipped=2, expected failures=1)\n',
      true,
      [10, 0, 2],
    ],
    [
      'failures and errors',
      'Ran 12 tests in 0.1s\n\nFAILED (failures=3, errors=2, skipped=1)\n',
      false,
      [6, 5, 1],
    ],
    ['unexpected successes', 'Ran 2 tests in 0.1s\n\nFAILED (unexpected successes=1)\n', false, [1, 1, 0]],
    ['more failed subtests than tests', 'Ran 1 test in 0.1s\n\nFAILED (failures=5)\n', false, [0, 5, 0]],
    ['no tests', 'Ran 0 tests in 0.0s\n\nNO TESTS RAN\n', false, [0, 1, 0]],
    ['no tests in an older Python, which is content', 'Ran 0 tests in 0.0s\n\nOK\n', true, [0, 1, 0]],
    ['a crash', 'Segmentation fault\n', false, [0, 1, 0]],
    ['a crash after the tests', 'Ran 12 tests in 0.1s\n\nOK\nFatal Python error\n', false, [12, 1, 0]],
    ['no interpreter', 'python3: spawn python3 ENOENT\n', false, [0, 1, 0]],
  ] as const)('counts %s', (_, output, isOk, [passed, failed, skipped]) => {
    expect(countUnittest(output, isOk)).toEqual({ passed, failed, skipped })
  })

  test('is not misled by what a test prints', () => {
    const output =
      'FAILED (failures=9)\nRan 9 tests in 0.1s\nx says FAILED (errors=9)\nRan 2 tests in 0.1s\n\nOK (skipped=1)\n'
    expect(countUnittest(output, true)).toEqual({ passed: 1, failed: 0, skipped: 1 })
  })

  test('finds the reasons of skips', () => {
    const output = "test_a (x.A) ... ok\ntest_b (x.A) ... skipped 'only /proc names it'\n"
    expect(skippedUnittests(output)).toEqual(["test_b (x.A) ... skipped 'only /proc names it'"])
  })
})

function reportOf(...files: readonly (readonly [status: string, ...tests: string[]])[]): VitestReport {
  return {
    testResults: files.map(([status, ...tests], i) => ({
      name: `file-${i}.test.ts`,
      status,
      assertionResults: tests.map((test, j) => ({ status: test, fullName: ` test ${j}` })),
    })),
  }
}

describe('countVitest', () => {
  test('sums the tests of all files', () => {
    const report = reportOf(
      ['passed', 'passed', 'skipped', 'todo', 'pending'],
      ['failed', 'passed', 'failed'],
    )
    expect(countVitest(report, false)).toEqual({ passed: 2, failed: 1, skipped: 3 })
  })

  test('counts a file that has no tests because it cannot be imported as failed', () => {
    expect(countVitest(reportOf(['passed', 'passed'], ['failed']), false)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    })
  })

  test('counts a file whose hooks failed though its tests did not', () => {
    expect(countVitest(reportOf(['failed', 'passed', 'skipped']), false)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
    })
  })

  test('counts a run as failed that says so without naming a test: an unhandled error, say', () => {
    expect(countVitest(reportOf(['passed', 'passed']), false)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  test('counts a run without a report as failed', () => {
    expect(countVitest(undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  test('names what was skipped', () => {
    expect(skippedVitests(reportOf(['passed', 'passed', 'skipped'], ['passed', 'todo']))).toEqual([
      'file-0.test.ts: test 1',
      'file-1.test.ts: test 0',
    ])
  })
})

describe('the end of a test run', () => {
  test('is one line with the sums', () => {
    expect(summaryLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped')
  })

  test('succeeds only if something passed and nothing failed', () => {
    expect(exitStatusOf({ passed: 1, failed: 0, skipped: 9 })).toBe(0)
    expect(exitStatusOf({ passed: 9, failed: 1, skipped: 0 })).toBe(1)
    expect(exitStatusOf({ passed: 0, failed: 0, skipped: 9 })).toBe(1)
    expect(exitStatusOf({ passed: 0, failed: 0, skipped: 0 })).toBe(1)
  })
})
