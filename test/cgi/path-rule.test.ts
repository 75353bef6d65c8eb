// Which part of the path is PATH_INFO, for what web servers send: the rows were taken from nginx 1.22 and Apache 2.4 with their stock
// configurations (docs/decisions/0019-path-rule.md).

import { describe, expect, test } from 'vitest'
import { type SaidPath, splitPath } from '../../src/cgi/path-rule.ts'

interface Row extends Partial<SaidPath> {
  readonly from: string
  readonly split: readonly [scriptName: string, path: string]
  /** With `--script-name /app`, which is what the requests are for. */
  readonly mounted?: readonly [scriptName: string, path: string]
}

const REQUEST = { requestUri: '/app/a%20b?q=1' }
const WHOLE = { split: ['', '/app/a b'], mounted: ['/app', '/a b'] } as const
const PARTS = { split: ['/app', '/a b'], mounted: ['/app', '/a b'] } as const

const ROWS: readonly Row[] = [
  { from: 'nginx, uwsgi_params', ...REQUEST, pathInfo: '/app/a b', ...WHOLE },
  { from: 'nginx, scgi_params', ...REQUEST, documentUri: '/app/a b', ...WHOLE },
  { from: 'nginx, fastcgi_params', ...REQUEST, scriptName: '/app/a b', documentUri: '/app/a b', ...WHOLE },
  {
    from: 'nginx, fastcgi_index',
    requestUri: '/app/?q=1',
    scriptName: '/app/index.php',
    documentUri: '/app/',
    split: ['', '/app/'],
    mounted: ['/app', '/'],
  },
  {
    from: 'nginx, fastcgi_split_path_info',
    ...REQUEST,
    scriptName: '/app',
    pathInfo: '/a b',
    documentUri: '/app/a b',
    ...PARTS,
  },
  {
    from: 'nginx, fastcgi_split_path_info where nothing follows',
    requestUri: '/app',
    scriptName: '/app',
    pathInfo: '',
    documentUri: '/app',
    split: ['/app', ''],
    mounted: ['/app', ''],
  },
  {
    from: 'nginx, scgi_params and SCRIPT_NAME',
    ...REQUEST,
    scriptName: '/app',
    documentUri: '/app/a b',
    ...PARTS,
  },
  {
    from: 'nginx, uwsgi_params and SCRIPT_NAME',
    ...REQUEST,
    scriptName: '/app',
    pathInfo: '/app/a b',
    ...PARTS,
  },
  {
    from: 'nginx, a path with //',
    requestUri: '/app//x/../y',
    pathInfo: '/app/y',
    split: ['', '/app/y'],
    mounted: ['/app', '/y'],
  },
  { from: 'mod_proxy_fcgi, mod_proxy_scgi', ...REQUEST, scriptName: '/app/a b', ...WHOLE },
  {
    from: 'mod_proxy_fcgi for the mount',
    requestUri: '/app?q=1',
    scriptName: '/app',
    split: ['', '/app'],
    mounted: ['/app', ''],
  },
  {
    from: 'mod_proxy_fcgi, proxy-fcgi-pathinfo',
    requestUri: '/app/ab',
    scriptName: '/app',
    pathInfo: '/ab',
    split: ['/app', '/ab'],
    mounted: ['/app', '/ab'],
  },
  { from: 'the same with an escape', ...REQUEST, scriptName: '/app/a b', pathInfo: '/a%20b', ...PARTS },
  { from: 'mod_proxy_uwsgi', ...REQUEST, scriptName: '/app', pathInfo: '/a b', ...PARTS },
  {
    from: 'mod_proxy_uwsgi for the mount',
    requestUri: '/app?q=1',
    scriptName: '/app',
    pathInfo: '/',
    split: ['/app', '/'],
    mounted: ['/app', '/'],
  },
  {
    from: 'mod_proxy_uwsgi for the mount and a slash',
    requestUri: '/app/?q=1',
    scriptName: '/app/',
    pathInfo: '/',
    split: ['/app', '/'],
    mounted: ['/app', '/'],
  },
  {
    from: 'mod_proxy_uwsgi at the root',
    requestUri: '/',
    scriptName: '',
    pathInfo: '/',
    split: ['', '/'],
    mounted: ['/app', '/'],
  },
  {
    from: 'mod_proxy_uwsgi, a path with //',
    requestUri: '/app//x/../y',
    scriptName: '/app',
    pathInfo: '/y',
    split: ['/app', '/y'],
    mounted: ['/app', '/y'],
  },
  { from: 'a server that says the target only', ...REQUEST, ...WHOLE },
  { from: 'SCRIPT_NAME and the target', ...REQUEST, scriptName: '/app', ...PARTS },
  { from: 'a server that says nothing', split: ['', '/'], mounted: ['/app', '/'] },
]

const said = ({ scriptName, pathInfo, documentUri, requestUri }: Row): SaidPath => ({
  scriptName,
  pathInfo,
  documentUri,
  requestUri,
})

describe('the path that is said', () => {
  test.each(ROWS)('by $from is split', (row) => {
    expect(Object.values(splitPath(said(row), ''))).toEqual(row.split)
  })

  test.each(ROWS)('by $from is split at --script-name', (row) => {
    expect(Object.values(splitPath(said(row), '/app'))).toEqual(row.mounted)
  })
})

describe('only whole segments', () => {
  test('are SCRIPT_NAME', () => {
    const path = { scriptName: '/app', pathInfo: undefined, documentUri: '/apple', requestUri: undefined }
    expect(splitPath(path, '')).toEqual({ scriptName: '', path: '/apple' })
  })

  test('are cut off by --script-name', () => {
    const path = { scriptName: undefined, pathInfo: '/apple', documentUri: undefined, requestUri: undefined }
    expect(splitPath(path, '/app')).toEqual({ scriptName: '/app', path: '/apple' })
  })
})

test('what contradicts the target in no known way stays as it is said', () => {
  const path = { scriptName: '/one', pathInfo: '/two', documentUri: undefined, requestUri: '/one' }
  expect(splitPath(path, '')).toEqual({ scriptName: '/one', path: '/two' })
})
