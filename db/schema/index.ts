export * from './users';
export * from './workspaces';
export * from './components';
export * from './flows';
export * from './runs';
export * from './comments';
export * from './triggers';
