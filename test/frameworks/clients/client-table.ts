// The three clients that every rule is tried with.

import type { Client } from './client.ts'
import { CurlClient } from './curl-client.ts'
import { FetchClient } from './fetch-client.ts'
import { UrllibClient } from './urllib-client.ts'

export interface ClientEntry {
  readonly name: string
  /** What must be there for it, by the names of the harness's TestPython. */
  readonly needs: string
  readonly open: (python: string) => Client
}

export const CLIENTS: readonly ClientEntry[] = [
  { name: 'fetch', needs: 'node', open: () => new FetchClient() },
  { name: 'curl', needs: 'curl', open: () => new CurlClient() },
  { name: 'urllib', needs: 'python', open: (python) => new UrllibClient(python) },
]
