// The names that the package promises, entry by entry. Whoever adds or takes away one changes this list on purpose.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { declaredEntries, ENTRY_NAMES, ENTRY_SOURCES, type EntryName } from '../scripts/declared-api.ts'
import { REPOSITORY } from './harness/gantry-process.ts'

/** Values are there when the program runs; classes are values too. */
const EXPORTS: Readonly<Record<EntryName, { values: readonly string[]; types: readonly string[] }>> = {
  gantry: {
    values: ['GantryError', 'defineConfig', 'pythonApplication', 'serve'],
    types: [
      'Config',
      'ErrorCode',
      'PythonApplication',
      'PythonApplicationOptions',
      'ServeOptions',
      'Server',
      'ServerStats',
    ],
  },
  'gantry/wsgi': {
    values: [
      'AnswerFailure',
      'AssertionError',
      'FileWrapper',
      'RequestCancelled',
      'RequestContext',
      'answerOf',
      'asApplication',
      'compose',
      'inputStream',
    ],
    types: [
      'Application',
      'ApplicationAnswer',
      'ApplicationClass',
      'ApplicationLike',
      'ApplicationObject',
      'ApplicationResult',
      'Blocks',
      'Environ',
      'ErrorStream',
      'FileHandleLike',
      'Header',
      'InputStream',
      'Middleware',
      'ReadableFile',
      'StartResponse',
      'WrappableFile',
      'Write',
    ],
  },
  'gantry/middleware': {
    values: [
      'accessLog',
      'basicAuth',
      'bodyLimit',
      'compress',
      'cors',
      'etag',
      'hashPassword',
      'mount',
      'rateLimit',
      'requestId',
      'responseHeaders',
      'timeout',
    ],
    types: [
      'AccessLogMiddleware',
      'AccessLogOptions',
      'AccessRecord',
      'BasicAuthOptions',
      'BodyLimitOptions',
      'CompressOptions',
      'ContentCoding',
      'CorsOptions',
      'EtagOptions',
      'MountRoute',
      'MountRoutes',
      'OriginRule',
      'RateLimitOptions',
      'RequestIdOptions',
      'ResponseHeadersOptions',
      'TimeoutOptions',
      'VerifyUser',
    ],
  },
  'gantry/adapters': {
    values: [
      'cgiDirectory',
      'cgiScript',
      'fastcgi',
      'fromFetch',
      'fromNodeListener',
      'toFetch',
      'toNodeListener',
    ],
    types: [
      'CgiOptions',
      'FastcgiOptions',
      'FetchBindings',
      'FetchHandler',
      'FetchedApplication',
      'FromFetchOptions',
      'FromNodeListenerOptions',
      'NodeListener',
      'NodeListenerOptions',
      'ScriptOptions',
      'ServerListener',
      'Site',
      'ToFetchOptions',
    ],
  },
  'gantry/testing': {
    values: ['TestAnswer', 'TestClient', 'lint', 'testClient'],
    types: ['Finding', 'LintOptions', 'RuleCode', 'Severity', 'TestClientOptions', 'TestRequest'],
  },
}

const declared = declaredEntries()

describe.each(ENTRY_NAMES)('%s', (entry) => {
  const namesOf = (isValue: boolean): readonly string[] =>
    declared
      .get(entry)!
      .filter((each) => each.isValue === isValue)
      .map(({ name }) => name)
      .toSorted()

  test('exports what it promises, and nothing else', () => {
    expect(namesOf(true)).toEqual(EXPORTS[entry].values)
    expect(namesOf(false)).toEqual(EXPORTS[entry].types)
  })

  test('has those values when it is imported', async () => {
    const module = (await import(REPOSITORY + ENTRY_SOURCES[entry])) as object
    expect(Object.keys(module).toSorted()).toEqual(EXPORTS[entry].values)
  })

  test('says of each name what it is', () => {
    const silent = declared.get(entry)!.filter(({ documentation }) => documentation.text === '')
    expect(silent.map(({ name }) => name)).toEqual([])
  })
})

test('package.json leads to each entry, and to nothing else', () => {
  const { exports } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as { exports: object }
  const expected = ENTRY_NAMES.map((entry) => [
    entry.replace('gantry', '.'),
    {
      types: `./${ENTRY_SOURCES[entry].replace('src/', 'dist/').replace(/ts$/, 'd.ts')}`,
      default: `./${ENTRY_SOURCES[entry].replace('src/', 'dist/').replace(/ts$/, 'js')}`,
    },
  ])
  expect(exports).toEqual({ ...Object.fromEntries(expected), './package.json': './package.json' })
})
