import { frameworkOf, isFilled } from '../deployments/form/filling';
import { IFrameworks } from '../tokens';

const framework = (id: string, command: string) => ({
  id,
  label: id,
  first: true,
  command
});
const FOUND: IFrameworks = {
  recognised: 'fastapi',
  name: 'app',
  working_directory: '',
  frameworks: [
    framework('model', 'uvicorn app:app'),
    framework('panel', 'panel serve app.py'),
    framework('fastapi', 'uvicorn app:app')
  ]
};

describe('filling in the command', () => {
  it('replaces a command that was filled in, or none', () => {
    expect(isFilled('panel serve app.py', FOUND.frameworks)).toBe(true);
    expect(isFilled(' \n', FOUND.frameworks)).toBe(true);
  });

  it('does not replace what was typed', () => {
    expect(isFilled('panel serve app.py --dev', FOUND.frameworks)).toBe(false);
    expect(isFilled('panel serve app.py ', FOUND.frameworks)).toBe(false);
  });

  it('shows whose command stands there', () => {
    expect(frameworkOf('panel serve app.py', FOUND, null)).toBe('panel');
    expect(frameworkOf('python app.py', FOUND, 'panel')).toBe(null);
    expect(frameworkOf('', FOUND, null)).toBe(null);
  });

  it('of frameworks with the same command shows the chosen, then the recognised one', () => {
    expect(frameworkOf('uvicorn app:app', FOUND, 'model')).toBe('model');
    expect(frameworkOf('uvicorn app:app', FOUND, 'panel')).toBe('fastapi');
    const unknown = { ...FOUND, recognised: null };
    expect(frameworkOf('uvicorn app:app', unknown, null)).toBe('model');
  });
});
