// What the framework tests may use. The runner has prepared it and says so in TEST_PYTHON and TEST_MISSING; a test file that
// is run by itself prepares it here.

import { prepareTestPython } from '../../scripts/test-python.ts'

export class TestPython {
  readonly python: string
  readonly #missing: ReadonlySet<string>

  constructor(python: string, missing: readonly string[]) {
    this.python = python
    this.#missing = new Set(missing)
  }

  /** `flask`, `django`, `pyramid`, `curl` or `chromium`: without it a test is skipped. */
  has(name: string): boolean {
    return !this.#missing.has(name)
  }
}

export async function findTestPython(): Promise<TestPython> {
  const { TEST_PYTHON: python, TEST_MISSING: missing = '' } = process.env
  if (python)
    return new TestPython(
      python,
      missing.split(',').filter((name) => name !== ''),
    )
  const prepared = await prepareTestPython()
  return new TestPython(prepared.python, prepared.missing)
}
