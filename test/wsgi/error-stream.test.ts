import { describe, expect, test } from 'vitest'
import { LineErrorStream } from '../../src/wsgi/error-stream.ts'

function recorded(): { readonly stream: LineErrorStream; readonly emitted: string[] } {
  const emitted: string[] = []
  return { stream: new LineErrorStream((text) => emitted.push(text)), emitted }
}

describe('wsgi.errors (W17)', () => {
  test('hands on whole lines at once', () => {
    const { stream, emitted } = recorded()
    stream.write('one\ntwo\nthr')
    expect(emitted).toEqual(['one\ntwo\n'])
    stream.write('ee')
    expect(emitted).toHaveLength(1)
    stream.write('\n')
    expect(emitted).toEqual(['one\ntwo\n', 'three\n'])
  })

  test('hands on a line begun when it is flushed, once', () => {
    const { stream, emitted } = recorded()
    stream.writelines(['be', 'gun'])
    stream.flush()
    stream.flush()
    stream.write('\n')
    expect(emitted).toEqual(['begun', '\n'])
  })

  test('takes nothing but strings', () => {
    const { stream, emitted } = recorded()
    expect(() => stream.write(5 as unknown as string)).toThrow('wsgi.errors takes a string, not number')
    expect(emitted).toEqual([])
  })
})
