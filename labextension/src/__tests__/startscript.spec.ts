import { withLine } from '../form/environment';

describe('withLine', () => {
  it('puts a line at the end of a script', () => {
    expect(withLine('', 'pip install a')).toBe('pip install a\n');
    expect(withLine('cd x', 'pip install a')).toBe('cd x\npip install a\n');
    expect(withLine('cd x\n\n', 'pip install a')).toBe('cd x\npip install a\n');
  });
});
