// The corpus of the responder's side: the events are the same however the bytes come.

import { expect, test } from 'vitest'
import { FASTCGI_VIOLATIONS } from '../../src/fastcgi/violation.ts'
import { describeCorpus, violationsIn } from '../http/describe-corpus.ts'
import { logEvents } from './event-log.ts'

describeCorpus('fastcgi', logEvents)

test('the corpus of fastcgi has a case for every violation that the reader finds', () => {
  // Pairs are read by whoever wants them, and addresses are the gateway's to look at.
  const others = ['FASTCGI_PAIR_CUT', 'FASTCGI_ADDRESS_UNKNOWN']
  const codes = Object.keys(FASTCGI_VIOLATIONS).filter((code) => !others.includes(code))
  expect(violationsIn('fastcgi')).toEqual(codes.sort())
})
