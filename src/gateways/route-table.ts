// Finds what holds for a request by its path. Routes are few: they are looked at one by one, the longest first.

import type { RouteSettings } from '../config/options/routes.ts'
import type { Route } from '../config/routes-of.ts'
import { isUnder } from '../wsgi/path-prefix.ts'
import type { PathSpan } from './health.ts'

export class RouteTable {
  readonly #routes: readonly { readonly prefix: Buffer; readonly settings: RouteSettings }[]

  /** `routes`: the longest first. */
  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(({ path, settings }) => ({ prefix: Buffer.from(path, 'latin1'), settings }))
  }

  find({ bytes, pathStart, pathEnd }: PathSpan): RouteSettings | undefined {
    return this.#routes.find(({ prefix }) => isUnder(prefix, bytes, pathStart, pathEnd))?.settings
  }
}
