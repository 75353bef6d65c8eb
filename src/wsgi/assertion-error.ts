/** What an application gets thrown that does not keep to PEP 3333, as Python's classic servers raise it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}
