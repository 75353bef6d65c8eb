/// <reference types="node" preserve="true" />
// `gantry/adapters`: applications where Node's world wants listeners and fetch handlers, and the other way about.

export { cgiDirectory } from './cgi/cgi-directory.ts'
export { cgiScript } from './cgi/cgi-script.ts'
export type { CgiOptions } from './cgi/cgi-settings.ts'
export type { Site } from './cgi/local-redirect.ts'
export type { ScriptOptions } from './cgi/script-options.ts'
export { fastcgi } from './fastcgi/fastcgi.ts'
export type { FastcgiOptions } from './fastcgi/fastcgi.ts'
export { fromFetch } from './fetch/from-fetch.ts'
export type { FetchBindings, FetchHandler, FromFetchOptions } from './fetch/from-fetch.ts'
export { fromNodeListener } from './node/from-node-listener.ts'
export type { FromNodeListenerOptions, ServerListener } from './node/from-node-listener.ts'
export { toFetch } from './fetch/to-fetch.ts'
export type { FetchedApplication, ToFetchOptions } from './fetch/to-fetch.ts'
export { toNodeListener } from './node/to-node-listener.ts'
export type { NodeListener, NodeListenerOptions } from './node/to-node-listener.ts'
