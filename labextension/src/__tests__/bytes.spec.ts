import { nullTranslator } from '@jupyterlab/translation';

import { bytesWords } from '../bytes';

const words = (bytes: number) =>
  bytesWords(bytes, nullTranslator.load('jupyter_saturn_deploy'));

describe('bytesWords', () => {
  it('has one digit behind the point where it tells something', () => {
    expect(words(0)).toBe('0 KB');
    expect(words(300 * 1024)).toBe('300 KB');
    expect(words(1.25 * 1024 ** 3)).toBe('1.3 GB');
    expect(words(2 * 1024 ** 2)).toBe('2 MB');
    expect(words(23.6 * 1024 ** 3)).toBe('24 GB');
  });

  it('never says 1024 of a unit', () => {
    expect(words(1024 ** 2 - 1)).toBe('1 MB');
    expect(words(1024 ** 3 - 1)).toBe('1 GB');
    expect(words(5000 * 1024 ** 4)).toBe('5000 TB');
  });
});
