// docs/reference/lint.md: every rule that lint knows, from its table.

import { RULES, type Rule, type RuleScope } from '../src/lint/rules.ts'

const SCOPES: Readonly<Record<RuleScope, string>> = {
  python: 'Python',
  typescript: 'TypeScript',
  check: '`gantry check`',
}

export const LINT_INTRODUCTION = `Lint stands in front of an application and says where it, or the middleware before it, does not keep to PEP 3333 or to HTTP. It
changes no answer and raises nothing: what it finds is a line in the log, once for each path; of a rule, 20 paths are told at most.

- \`gantry --lint shop.wsgi:application\` looks at everything that is served, in the Python workers and in TypeScript.
- \`gantry check shop.wsgi:application\` starts the application, sends it a set of requests, prints what was found and ends with a
  status other than 0 if there was a violation.
- \`lint(application)\` is the same in TypeScript, for one application or as middleware: there it also sees what the middleware before it
  does. \`lint(application, { report })\` calls \`report\` with each finding instead of writing to \`wsgi.errors\`.

A **violation** breaks a rule. **Advice** is a "should", or what other servers and tools mind. A line reads:

    lint: LINT_STATUS_REASON advice at GET /shop: The status has a reason; other servers may refuse one without. (PEP 3333, "The start_response() Callable"; W27): '200'

In Python workers \`wsgi.input\` and \`wsgi.errors\` are wrapped while lint is on: they have all that they have without it, but are of another
type. The iterable that an application returns is wrapped too, unless it is a list, a tuple or a file wrapper.`

/** One row for each rule, in the order of the table. */
export const lintParagraphs = (): readonly string[] => [
  ['| code | severity | rule | source | looked after in |', '|---|---|---|---|---|', ...rows()].join('\n'),
]

const rows = (): readonly string[] =>
  Object.entries<Rule>(RULES).map(
    ([code, { severity, text, source, scopes }]) =>
      `| \`${code}\` | ${severity} | ${text} | ${source} | ${scopes.map((scope) => SCOPES[scope]).join(', ')} |`,
  )
