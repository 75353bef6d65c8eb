// The corpus of the responder's side: the events are the same however the bytes come.

import { expect, test } from 'vitest'
import { FASTCGI_VIOLATIONS } from '../../src/fastcgi/violation.ts'
import { describeCorpus, violationsIn } from '../http/describe-corpus.ts'
import { logEvents } from './event-log.ts'

describeCorpus('fastcgi', logEvents)

test('the corpus of fastcgi has a case for every violation that the reader finds', () => {
  // Pairs are read by whoever wants them.
  const codes = Object.keys(FASTCGI_VIOLATIONS).filter((code) => code !== 'FASTCGI_PAIR_CUT')
  expect(violationsIn('fastcgi')).toEqual(codes.sort())
})
