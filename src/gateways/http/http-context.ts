// What the connections of HTTP need besides what those of every gateway do.

import type { ResponseEncoder } from '../../http/response-encoder.ts'
import type { EnvironSettings } from './http-environ.ts'

export interface HttpContext {
  readonly encoder: ResponseEncoder
  readonly environSettings: EnvironSettings
  /** Connections from trusted proxies begin with a PROXY protocol header. */
  readonly proxyProtocol: boolean
}
