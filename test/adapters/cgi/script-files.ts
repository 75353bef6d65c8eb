// CGI scripts as files of a directory that goes with the test.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'

export class ScriptFiles extends TemporaryDirectory {
  /** A script of the shell's. Returns its path. */
  shell(name: string, ...lines: readonly string[]): string {
    return this.file(name, ['#!/bin/sh', ...lines])
  }

  perl(name: string, ...lines: readonly string[]): string {
    return this.file(name, [
      '#!/usr/bin/perl',
      'use strict; use warnings; binmode STDIN; binmode STDOUT; $| = 1;',
      ...lines,
    ])
  }

  python(name: string, ...lines: readonly string[]): string {
    return this.file(name, ['#!/usr/bin/env python3', ...lines])
  }

  file(name: string, lines: readonly string[], mode = 0o755): string {
    const path = this.join(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines.join('\n')}\n`, { mode })
    return path
  }
}
