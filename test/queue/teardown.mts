import { stopAll } from './running.mts';

export default stopAll;
