#!/bin/sh
# What people do with kubectl and helm (admin-api spec §21), typed in one after the other. Each line is the text that
# must appear, and the command. Needs kubectl and helm on PATH, KUBECONFIG, a HOME of its own and an empty directory
# to stand in. Ends with "done, bad=0".
. "$(dirname "$0")/functions.sh"
app shop one >a.yaml
app shop two >b.yaml
app shop three >c.yaml
app held x ', finalizers: [recipe.io/hold]' >f.yaml
sed 's/description/descripton/' a.yaml >typo.yaml
printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: s, namespace: recipe, labels: {set: recipe}}' \
  'stringData: {user: u, password: p}' >s.yaml

# discovery, explain, identity
t 'Server Version' kubectl version
t 'applications  ' kubectl api-resources --api-group=applicationconnector.kyma-project.io
t 'entries	<[]Object> -required-' kubectl explain application.spec.services
t 'Username' kubectl auth whoami
t 'yes' kubectl auth can-i create applications.applicationconnector.kyma-project.io
t 'Unauthorized' kubectl --token=wrong get ns

# create, apply, unchanged, change, strict, diff, dry run
t 'namespace/recipe created' kubectl create ns recipe
t 'AlreadyExists' kubectl create ns recipe
t 'shop created' kubectl apply -f a.yaml
t 'shop unchanged' kubectl apply -f a.yaml
t 'shop configured' kubectl apply -f b.yaml
t 'unknown field "spec.descripton"' kubectl apply -f typo.yaml
t 'Warning: unknown field' kubectl apply --validate=warn --dry-run=server -f typo.yaml
t '+  description: three' kubectl diff -f c.yaml
t 'configured (server dry run)' kubectl apply --dry-run=server -f c.yaml
t 'two 2' kubectl get app shop -o 'jsonpath={.spec.description} {.metadata.generation}'

# secrets: protobuf body, strategic merge, masking
t 'secret/g created' kubectl -n recipe create secret generic g --from-literal=a=b
t 'secret/s created' kubectl apply -f s.yaml
t 'patched' kubectl -n recipe patch secret s -p '{"data":{"user":null},"stringData":{"more":"m"}}'
t '{"more":"bQ==","password":"cA=="}' kubectl -n recipe get secret s -o 'jsonpath={.data}'
t 'password:  1 bytes' kubectl -n recipe describe secret s

# table, selectors, pages
t 'NAME' kubectl get app
t 'shop' kubectl get app -A -l 'set in (recipe)' -o name
t 'shop' kubectl get app --field-selector metadata.name=shop
t 'field label not supported' kubectl get app --field-selector spec.description=two
t 'shop' kubectl get app --chunk-size=1
t '"nope" not found' kubectl get app nope

# patch, label, annotate, edit, replace
t 'patched' kubectl patch app shop --type=json -p '[{"op":"remove","path":"/spec/tags/0"}]'
t 'patched (no change)' kubectl patch app shop --type=merge -p '{}'
t 'strategic-merge-patch+json is not supported' kubectl patch app shop -p '{"spec":{}}'
t 'labeled' kubectl label app shop tier=gold
t 'the object has been modified' kubectl annotate app shop a=b --resource-version=1
t 'edited' env KUBE_EDITOR='sed -i s/two/edited/' kubectl edit app shop
t 'replaced' kubectl replace -f b.yaml

# server-side apply
t 'serverside-applied' kubectl apply --server-side --force-conflicts -f b.yaml
t 'conflicts with "kubectl"' kubectl apply --server-side --field-manager=robot -f c.yaml
t 'serverside-applied' kubectl apply --server-side --field-manager=robot --force-conflicts -f c.yaml
t 'conflict with "robot": .spec.description' kubectl apply --server-side -f b.yaml

# mappings, subscriptions and several documents at once
printf '%s\n' 'apiVersion: applicationconnector.kyma-project.io/v1alpha1' 'kind: ApplicationMapping' \
  'metadata: {name: shop, namespace: recipe}' '---' 'apiVersion: eventing.kyma-project.io/v1alpha2' \
  'kind: Subscription' 'metadata: {name: orders, namespace: recipe}' \
  'spec: {sink: "http://orders.recipe.svc.cluster.local", source: shop, types: [order.created.v1]}' >kustomized.yaml
printf '%s\n' 'resources: [kustomized.yaml]' >kustomization.yaml
t 'subscription.eventing.kyma-project.io/orders created' kubectl apply -k .
t 'unchanged' kubectl apply -k .
t 'shop ' kubectl -n recipe get am shop
t 'standard' kubectl -n recipe get kyma-eventing -o yaml
t 'orders.recipe' kubectl -n recipe get subscriptions -o wide
t 'NotFound' kubectl -n recipe patch am shop --type=merge --subresource=status -p '{"status":{}}'
t 'patched' kubectl -n recipe patch subscription orders --type=merge --subresource=status \
  -p '{"status":{"ready":true,"types":[]}}'
t 'condition met' kubectl -n recipe wait --for='jsonpath={.status.ready}'=true subscription/orders --timeout=60s
t 'deleted' kubectl delete -k .

# finalizers, wait, watch
t 'held created' kubectl create -f f.yaml
t 'timed out' kubectl delete app held --timeout=1s
t 'T' kubectl get app held -o 'jsonpath={.metadata.deletionTimestamp}'
kubectl -v=6 wait --for=delete app/held --timeout=60s >wait.txt 2>&1 &
until_in 'watch=true' wait.txt
kubectl patch app held --type=merge -p '{"metadata":{"finalizers":null}}' >patched.txt 2>&1
until_in 'condition met' wait.txt
t 'condition met' cat wait.txt
t 'condition met' kubectl wait --for='jsonpath={.spec.description}'=three app/shop --timeout=60s
kubectl get app -w --output-watch-events >watch.txt 2>&1 &
watching=$!
until_in 'ADDED' watch.txt
kubectl label app shop watched=yes >labelled.txt 2>&1
until_in 'MODIFIED' watch.txt
kill $watching
t 'MODIFIED' cat watch.txt

# refusals
t 'NotFound' kubectl scale app shop --replicas=2
t 'namespaces "nowhere" not found' sh -c 'sed s/recipe,/nowhere,/ s.yaml | kubectl apply -f -'

# helm, then clean up
helm create c >/dev/null
rm -rf c/templates/* c/charts
sed 's/name: shop/name: helmed/;s/: one/: {{ .Values.d }}/' a.yaml >c/templates/a.yaml
sed 's/name: s, namespace: recipe/name: hs/' s.yaml >c/templates/s.yaml
t 'STATUS: deployed' helm install r c -n recipe --set d=one
t 'has been upgraded' helm upgrade r c -n recipe --set d=two
t 'Rollback was a success' helm rollback r 1 -n recipe
t 'one' kubectl get app helmed -o 'jsonpath={.spec.description}'
t 'uninstalled' helm uninstall r -n recipe
t 'deleted' kubectl delete app,secret -A -l set=recipe
t 'deleted' kubectl -n recipe delete secret g
wait
echo "done, bad=$bad"
