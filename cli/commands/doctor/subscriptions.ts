import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { severities } from '../../../lib/severity.ts';
import type { Target } from '../../stage/target/target.ts';
import { counted } from '../../terminal/wording.ts';
import type { DeployedServices } from './aws.ts';
import { alone, type Check, ill, well } from './check.ts';

const topicOutputs = { page: 'PageTopicArn', ticket: 'TicketTopicArn' } as const;

/** An alarm that nobody has subscribed to rings for nobody. */
export function checkSubscriptions({ outputs }: Target, { sns }: DeployedServices): Promise<Check[]> {
  return Promise.all(
    severities.map(severity => {
      const name = `somebody is told of what is a ${severity}`;
      return alone(name, async () => {
        const TopicArn = outputs[topicOutputs[severity]];
        const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
        const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
        const pending = Number(Attributes.SubscriptionsPending ?? 0);
        if (confirmed > 0) return well(name, counted(confirmed, 'confirmed subscription'));
        return pending > 0
          ? ill(
              name,
              `${counted(pending, 'subscription')} to ${TopicArn}, and none is confirmed`,
              'follow the link in the e-mail from Amazon SNS; it is valid for three days, then subscribe again',
            )
          : ill(
              name,
              `nobody has subscribed to ${TopicArn}`,
              'deploy with alarmEmail, or subscribe to the topic: docs/operator/deploy.md',
            );
      });
    }),
  );
}
