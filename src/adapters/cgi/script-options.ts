// What scripts of both kinds are allowed, and told: CGI scripts and FastCGI servers.

import { givenCount, givenDuration } from '../../config/given-values.ts'
import { bytesOf } from '../../wsgi/byte-string.ts'
import type { Site } from './local-redirect.ts'
import type { MetaVariables } from './meta-variables.ts'
import type { PlaceLimits } from './places.ts'

/** What counts for CGI scripts and FastCGI servers alike. */
export interface ScriptOptions {
  /** Variables besides those of the request, over which they take precedence. */
  readonly variables?: Readonly<Record<string, string>>
  /**
   * For how long a script may take nothing and send nothing: text such as `30s`, or milliseconds; `1m` if left out. Then it is ended, and the
   * answer is 504, or cut.
   */
  readonly timeout?: string | number
  /** As many requests at a time; more wait. 16 if left out. */
  readonly concurrency?: number
  /** As many may wait; 128 if left out. One more is answered 503. */
  readonly queueSize?: number
  /** For how long; `10s` if left out. Then the answer is 504. */
  readonly queueTimeout?: string | number
  /**
   * The application of all paths, which answers where a script answers with the path of another one (RFC 3875 §6.2.2). Without it the client
   * is sent there, with 302.
   */
  readonly site?: Site
}

/** The same with every default in its place. */
export interface ScriptSettings extends PlaceLimits {
  readonly variables: MetaVariables
  readonly timeoutMs: number
  readonly site: Site | undefined
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `taker` names the function in errors. @throws RangeError for what is out of its range */
export function scriptSettings(taker: string, options: ScriptOptions): ScriptSettings {
  const { timeout = '1m', concurrency = 16, queueSize = 128, queueTimeout = '10s', site } = options
  return {
    variables: checkedVariables(taker, options.variables ?? {}),
    timeoutMs: givenDuration(`${taker}: timeout`, timeout, 1),
    places: givenCount(`${taker}: concurrency`, concurrency, 1),
    queueSize: givenCount(`${taker}: queueSize`, queueSize, 0),
    queueTimeoutMs: givenDuration(`${taker}: queueTimeout`, queueTimeout, 1),
    site,
  }
}

function checkedVariables(taker: string, variables: Readonly<Record<string, string>>): MetaVariables {
  const checked: MetaVariables = {}
  for (const [name, value] of Object.entries(variables)) {
    if (!NAME.test(name) || typeof value !== 'string' || value.includes('\0'))
      throw new RangeError(`${taker}: ${JSON.stringify(name)} is no variable with a text for a value`)
    checked[name] = bytesOf(value)
  }
  return checked
}
