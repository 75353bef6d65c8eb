import { describe, expect, test } from 'vitest'
import { parseAccessFormat } from '../../src/config/access-format.ts'

describe('--access-log-format', () => {
  test.each(['gantry', 'common', 'combined', 'json'])('%s is a format', (kind) => {
    expect(parseAccessFormat(kind)).toEqual({ ok: true, value: { kind } })
  })

  test('may be put together of atoms, header fields and variables', () => {
    expect(parseAccessFormat('%(h)s "%({X-One}i)s" 100%% %({server}o)s%({REMOTE_PORT}e)s')).toEqual({
      ok: true,
      value: {
        kind: 'parts',
        text: '%(h)s "%({X-One}i)s" 100%% %({server}o)s%({REMOTE_PORT}e)s',
        parts: [
          { kind: 'atom', atom: 'h' },
          { kind: 'text', text: ' "' },
          { kind: 'detail', of: 'request', name: 'x-one' },
          { kind: 'text', text: '" 100' },
          { kind: 'text', text: '%' },
          { kind: 'text', text: ' ' },
          { kind: 'detail', of: 'response', name: 'server' },
          { kind: 'detail', of: 'environ', name: 'REMOTE_PORT' },
        ],
      },
    })
  })

  test.each([
    ['combine', /gantry, common, combined, json, or a text with atoms/],
    ['%(h)d', /not %\(h\)d$/],
    ['%h', /not %$/],
    ['100%', /not %$/],
    ['%(h', /not %$/],
    ['%(quuee)s', /not %\(quuee\)s; did you mean %\(queue\)s\?$/],
    ['%({a b}i)s', /the name of a header field, not a b/],
    ['%({REMOTE_USER}e)s', /what the application itself puts into the environ, as REMOTE_USER may be/],
    ['%({wsgi.input}e)s', /wsgi\.input/],
    ['%({myapp.tenant}e)s', /myapp\.tenant/],
    ['%(h)s\n', /a line of text/],
  ])('%j is refused, and why is said', (text, expected) => {
    const parsed = parseAccessFormat(text)
    expect(parsed.ok ? '' : parsed.expected).toMatch(expected)
  })
})
