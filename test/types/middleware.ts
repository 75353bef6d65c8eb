// What must compile of `gantry/middleware`, and what must not. Nothing here runs.

import {
  accessLog,
  basicAuth,
  bodyLimit,
  compress,
  cors,
  etag,
  mount,
  rateLimit,
  requestId,
  responseHeaders,
  timeout,
} from '../../src/middleware/index.ts'
import { type Application, type Middleware, compose } from '../../src/wsgi/index.ts'

declare const shop: Application
declare const lines: string[]
declare const verify: (name: string, password: string) => Promise<boolean>

export const withDefaults: readonly Middleware[] = [accessLog(), requestId(), compress(), etag()]
export const withOptions: readonly Middleware[] = [
  accessLog({ target: (record) => lines.push(`${record.status} ${record.durationMs}`) }),
  requestId({ header: 'X-Trace-ID', trust: (environ) => environ.REMOTE_ADDR === '127.0.0.1' }),
  responseHeaders({ preset: 'security', set: { 'Cache-Control': 'no-store' }, add: [['Link', '</a>']] }),
  basicAuth({ verify, realm: 'shop' }),
  rateLimit({ requests: 100, per: '1m', key: (environ) => environ['HTTP_X_API_KEY'] }),
  bodyLimit({ maxBytes: '1MiB' }),
  compress({ encodings: ['br', 'gzip'], minBytes: 512 }),
  cors({ origins: ['https://shop.example'], credentials: true, maxAge: '10m' }),
  timeout({ after: '30s', status: 503 }),
]
export const composed: Application = compose(...withDefaults, ...withOptions)(shop)
export const mounted: readonly Application[] = [
  mount({ '/shop': shop, '/': composed }),
  mount([
    { host: '*.shop.example', application: shop },
    { path: '/', application: { call: () => [] } },
  ]),
]

// @ts-expect-error: a factory is called; it is no middleware itself
compose(requestId)(shop)
// @ts-expect-error: mount makes an application, not middleware
compose(mount({ '/': shop }))(shop)
// @ts-expect-error: a limit has no default
bodyLimit()
// @ts-expect-error: a rate is so many requests per so long
rateLimit({ requests: 100 })
// @ts-expect-error: a timeout has no default
timeout({})
// @ts-expect-error: a gateway's timeout answers 503 or 504
timeout({ after: '30s', status: 500 })
// @ts-expect-error: origins have no default
cors()
// @ts-expect-error: no such coding
compress({ encodings: ['deflate'] })
// @ts-expect-error: no such preset
responseHeaders({ preset: 'secure' })
// @ts-expect-error: a value is a string
responseHeaders({ set: { 'X-Count': 1 } })
// @ts-expect-error: a misspelt option
requestId({ headerName: 'X-Request-ID' })
// @ts-expect-error: a specification is no application: pythonApplication makes one of it
mount({ '/shop': 'shop.wsgi:application' })
