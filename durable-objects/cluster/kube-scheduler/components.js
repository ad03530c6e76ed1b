import { scheduler } from '#kube-scheduler/scheduler.ts';
export const schedulerComponents = [scheduler];
