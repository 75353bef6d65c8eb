import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import { errorAnswer } from '../../src/wsgi/error-answer.ts'

describe('an error answer', () => {
  test('is the page that the server would make', async () => {
    const answer = await testClient((_, startResponse) =>
      errorAnswer(startResponse, 403, { reason: 'not today', headers: [['X-A', '1']] }),
    ).get('/')
    expect([answer.status, answer.reason, answer.text]).toEqual([
      403,
      'Forbidden',
      '403 Forbidden: not today\n',
    ])
    expect(answer.headers).toEqual([
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', '25'],
      ['X-A', '1'],
    ])
  })

  test('takes the place of headers that are not sent yet, of others never (W22, W23)', async () => {
    const error = new Error('caught')
    const early = await testClient((_, startResponse) => {
      startResponse('200 OK', [])
      return errorAnswer(startResponse, 413, { error })
    }).get('/')
    expect(early.status).toBe(413)
    const late = testClient(async (_, startResponse) => {
      await startResponse('200 OK', [])(Buffer.from('begun'))
      return errorAnswer(startResponse, 413, { error })
    })
    await expect(late.get('/')).rejects.toBe(error)
  })
})
