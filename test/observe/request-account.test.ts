import { expect, test } from 'vitest'
import { EMPTY_ACCOUNT, accountText, sumOf } from '../../src/observe/request-account.ts'

test.each([
  [EMPTY_ACCOUNT, '0 requests, none failed; no worker died'],
  [{ requests: 1, failures: {}, workerDeaths: 1 }, '1 request, none failed; 1 worker died'],
  [
    { requests: 12_345, failures: { 404: 40, 499: 2, 502: 3, 504: 1_009 }, workerDeaths: 2 },
    '12,345 requests, 1,012 answered 5xx (502: 3, 504: 1,009), 42 answered 4xx (404: 40, 499: 2); 2 workers died',
  ],
])('what a server has done is one line: %o', (account, text) => {
  expect(accountText(account)).toBe(text)
})

test('accounts of several fronts add up', () => {
  const one = { requests: 3, failures: { 404: 1 }, workerDeaths: 1 }
  const other = { requests: 4, failures: { 404: 2, 500: 1 }, workerDeaths: 0 }
  expect(sumOf(one, other)).toEqual({ requests: 7, failures: { 404: 3, 500: 1 }, workerDeaths: 1 })
})
