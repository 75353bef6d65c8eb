import { describe, expect, test } from 'vitest'
import { readArguments } from '../../src/migration/gunicorn/command-line.ts'
import { pastedCommand } from '../../src/migration/gunicorn/pasted-command.ts'
import { shellQuoted, shellWords } from '../../src/migration/shell-words.ts'

describe('words of a shell', () => {
  test.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`'a b' "c d"e\\ f`, ['a b', 'c de f']],
    [`"a \\"b\\" \\$c \\d"`, ['a "b" $c \\d']],
    ['a \\\n  b', ['a', 'b']],
    ["a='' ''", ['a=', '']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ['$(nproc --all) ${A:-b c} `d e`', ['$(nproc --all)', '${A:-b c}', '`d e`']],
  ])('%j', (line, words) => {
    expect(shellWords(line)?.map(({ text }) => text)).toEqual(words)
  })

  test.each([
    ['a && b; c | d', ['&&', ';', '|']],
    ['a > b 2>&1 &', ['>', '2>&1', '&']],
    ['a\nb', ['\n']],
  ])('of %j the operators are apart', (line, operators) => {
    expect(shellWords(line)?.flatMap(({ kind, text }) => (kind === 'operator' ? text : []))).toEqual(
      operators,
    )
  })

  test.each(["a 'b", 'a "b'])('%j is never closed', (line) => {
    expect(shellWords(line)).toBeUndefined()
  })

  test.each(['plain', 'a b', "it's", '', '$HOME', 'a\nb', '~'])('%j survives being quoted', (text) => {
    expect(shellWords(shellQuoted(text))).toEqual([{ kind: 'word', text }])
  })
})

describe('a pasted command', () => {
  test.each([
    [['gunicorn -w 4 shop'], ['-w', '4', 'shop']],
    [
      ['gunicorn', '-w', '4', 'shop:app("a b")'],
      ['-w', '4', 'shop:app("a b")'],
    ],
    [
      ['-w', '4', 'shop'],
      ['-w', '4', 'shop'],
    ],
    [['web: gunicorn shop'], ['shop']],
    [['ENTRYPOINT ["gunicorn", "shop"]'], ['shop']],
    [['cd /srv && exec gunicorn shop > /dev/null'], ['shop']],
  ])('%j', (argv, words) => {
    expect(pastedCommand(argv)?.words).toEqual(words)
  })

  test('shows variables, the interpreter and what stands around it', () => {
    expect(pastedCommand(['env A=1 B="c d" nice /srv/venv/bin/python -m gunicorn shop; echo done'])).toEqual({
      words: ['shop'],
      variables: ['A=1', 'B=c d'],
      python: '/srv/venv/bin/python',
      wrapper: 'nice',
      others: 'echo done',
    })
  })

  test.each([
    ['/srv/venv/bin/gunicorn shop', '/srv/venv/bin/python'],
    ['venv/bin/gunicorn shop', 'venv/bin/python'],
    ['/usr/bin/gunicorn shop', undefined],
    ['gunicorn shop', undefined],
    ['python3 -m gunicorn shop', undefined],
  ])('%s is run by %s', (line, python) => {
    expect(pastedCommand([line])?.python).toBe(python)
  })
})

describe('arguments as Python reads them', () => {
  test.each([
    [['-w4'], 'workers', '4'],
    [['-w', '4'], 'workers', '4'],
    [['-w=4'], 'workers', '4'],
    [['--workers=4'], 'workers', '4'],
    [['--worker-cl', 'gevent'], 'worker_class', 'gevent'],
    [['--preload'], 'preload_app', true],
    [['--proxy-protocol', 'v2'], 'proxy_protocol', 'v2'],
    [['--proxy-protocol', 'shop'], 'proxy_protocol', true],
    [['--log-file', '-'], 'errorlog', '-'],
    [['--', '-shop'], 'wsgi_app', '-shop'],
  ])('%j', (words, name, value) => {
    const { settings, others } = readArguments(words)
    expect(settings[0]).toMatchObject({ name, value })
    expect(others).toEqual([])
  })

  test.each([
    [['--workrs', '4', 'shop'], ['--workrs: gunicorn has no such flag. Did you mean --workers?']],
    [['--worker', '4'], ['--worker: gunicorn has no such flag. Did you mean --workers?']],
    [['-w'], ['-w: It has no value.']],
    [['shop', 'more'], ['more: It stands behind the application, where gunicorn has no use for it.']],
  ])('%j is told of', (words, told) => {
    expect(readArguments(words).others.map(({ about, advice }) => `${about}: ${advice}`)).toEqual(told)
  })
})
