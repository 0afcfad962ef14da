import { describe, expect, it } from 'vitest';
import { csvRows, tableCell } from './csv';

describe('tables for people', () => {
  it('quotes what would break a row and neutralises what a spreadsheet would run', () => {
    expect(csvRows([['a', 'b'], ['x,y', '=1+1'], ['say "hi"', -3], [null, 'ok'], ['two\nlines', '＝1'], ['lone\r', '@x,y']]))
      .toBe('a,b\r\n"x,y",\'=1+1\r\n"say ""hi""",-3\r\n,ok\r\n"two\nlines",\'＝1\r\n"lone\r","\'@x,y"\r\n');
  });
  it('shows references by name, lists and objects as JSON, and neutralises those too', () => {
    expect([{ id: 3, name: '=cmd' }, { id: 3, name: null }, ['-a'], { a: 1 }, true, 0].map(tableCell)).toEqual(["'=cmd", '3', '["-a"]', '{"a":1}', true, 0]);
  });
});
