// The environ of PEP 3333 in TypeScript: a plain object with the same keys as Python's dict.

import type { ErrorStream } from './error-stream.ts'
import type { FileWrapper, WrappableFile } from './file-wrapper.ts'
import type { InputStream } from './input-stream.ts'
import type { RequestContext } from './request-context.ts'

/**
 * One request (PEP 3333, "environ Variables"). A plain object that belongs to the application: it may change it freely, and no two
 * requests share one. Strings hold one character a byte (latin-1), as in Python: `PATH_INFO` of `/caf%C3%A9` is `'/caf\xc3\xa9'`.
 */
export interface Environ {
  REQUEST_METHOD: string
  /** The mount point, decoded; empty at the root. `SCRIPT_NAME + PATH_INFO` is the whole path. */
  SCRIPT_NAME: string
  /** The rest of the path, percent-decoded; may be empty. */
  PATH_INFO: string
  /** As sent, without the question mark; may be empty. */
  QUERY_STRING: string
  /** Only if the request had one. */
  CONTENT_TYPE?: string
  /** Digits. Only if the request had a body whose length is known. */
  CONTENT_LENGTH?: string
  SERVER_NAME: string
  SERVER_PORT: string
  /** `HTTP/1.1` or `HTTP/1.0`. */
  SERVER_PROTOCOL: string
  REMOTE_ADDR?: string
  REMOTE_PORT?: string
  SERVER_SOFTWARE?: string
  /** The request target as sent. */
  REQUEST_URI?: string
  RAW_URI?: string
  /** `on` over TLS. */
  HTTPS?: string
  'wsgi.version': readonly [1, 0]
  'wsgi.url_scheme': string
  'wsgi.input': InputStream
  'wsgi.errors': ErrorStream
  /** Always false: one thread runs TypeScript. An asynchronous application may all the same have several requests under way. */
  'wsgi.multithread': boolean
  /** Several processes serve the application. */
  'wsgi.multiprocess': boolean
  'wsgi.run_once': boolean
  'wsgi.file_wrapper'?: (file: WrappableFile, blockSize?: number) => FileWrapper
  /** `wsgi.input` ends where the body ends. */
  'wsgi.input_terminated'?: boolean
  /** What the server knows besides: the request's id, and when nobody waits for its answer any more. */
  'gantry.request'?: RequestContext
  /** Every other field of the request: upper case, `-` as `_`. Repeated ones are joined with `,`, cookies with `; `. */
  [field: `HTTP_${string}`]: string | undefined
  /** What middleware has put there. Of these, a Python application gets the strings. */
  [key: string]: unknown
}
