// Where an application of several is mounted: `/api`, `api.example.org` or `*.example.org/v2`.
import type { Parsed } from './option.ts'
import { parseScriptName } from './texts.ts'

const HOST = /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i

/** Checks the key, and returns it as it is. */
export function parseMountKey(text: string): Parsed<string> {
  const { host, path } = mountPlace(text)
  const isHost = host === '' || HOST.test(host)
  // Neither can stand in "KEY=APP" or "KEY NAME=VALUE"; percent-encoded both can.
  const isOneWord = text !== '' && !/[\s=]/.test(text)
  if (isOneWord && isHost && (path === '/' || (path !== '' && parseScriptName(path).ok)))
    return { ok: true, value: text }
  return {
    ok: false,
    expected:
      'a path such as /api, / for all others, or a host and a path, such as api.example.org or *.example.org/v2',
  }
}

/** The host, empty for every one, and the path, `/` for all. */
export function mountPlace(key: string): { readonly host: string; readonly path: string } {
  const slash = key.indexOf('/')
  return slash === -1 ? { host: key, path: '/' } : { host: key.slice(0, slash), path: key.slice(slash) }
}

/** The same text for the same place. */
export function mountKey(key: string): string {
  const { host, path } = mountPlace(key)
  return `${host.toLowerCase()}${path}`
}
