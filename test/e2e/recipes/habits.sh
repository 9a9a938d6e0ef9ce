#!/bin/sh
# More of what people have got used to with kubectl: other outputs, editors, server-side apply with all around it,
# sets of files. Each line is the text that must appear, and the command. Needs kubectl and openssl on PATH,
# KUBECONFIG, a HOME of its own and an empty directory to stand in. Ends with "done, bad=0".
. "$(dirname "$0")/functions.sh"
app shop one >a.yaml
app shop two >b.yaml
app shop three >c.yaml
printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: s, namespace: habits}' \
  'stringData: {password: before}' >s.yaml
sed 's/before/after/' s.yaml >s2.yaml
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=habits -keyout tls.key -out tls.crt \
  2>openssl.txt

t 'namespace/habits created' kubectl create ns habits
t 'modified' kubectl config set-context --current --namespace=habits

# secrets and config maps of every sort
t 'secret/generic created' kubectl create secret generic generic --from-file=key=a.yaml --from-literal=b=c
t 'secret/tls created' kubectl create secret tls tls --cert=tls.crt --key=tls.key
t 'kubernetes.io/tls' kubectl get secret tls -o 'jsonpath={.type}'
t 'secret/registry created' kubectl create secret docker-registry registry --docker-server=registry.example \
  --docker-username=u --docker-password=p
t 'kubernetes.io/dockerconfigjson' kubectl get secret registry
t 'secret/typed created' kubectl create secret generic typed --type=kubernetes.io/basic-auth --from-literal=username=u
t 'Required value' kubectl create secret generic wrong --type=kubernetes.io/ssh-auth --from-literal=a=b
t 'configmap/map created' kubectl create configmap map --from-literal=a=b --from-file=a.yaml
t 'kind: Secret' kubectl create secret generic dry --from-literal=a=b --dry-run=client -o yaml
t 'created (server dry run)' kubectl create secret generic dry --from-literal=a=b --dry-run=server
t 'not found' kubectl get secret dry

# outputs
t 'created' kubectl create --save-config -f a.yaml
t 'DESCRIPTION   SET' kubectl get app -o 'custom-columns=DESCRIPTION:.spec.description,SET:.metadata.labels.set'
t 'one           recipe' kubectl get app shop -o 'custom-columns=DESCRIPTION:.spec.description,SET:.metadata.labels.set'
t 'shop=one;' kubectl get app -o 'jsonpath={range .items[*]}{.metadata.name}={.spec.description};{end}'
t 'shop:eu' kubectl get app shop -o 'go-template={{.metadata.name}}:{{.spec.labels.region}}'
t '"a"' kubectl get app shop -o 'jsonpath-as-json={.spec.tags[*]}'
t 'shop' kubectl get app --sort-by=.spec.description -o name
t 'set=recipe' kubectl get app --show-labels
t 'recipe' kubectl get app -L set
t 'application.applicationconnector.kyma-project.io/shop' kubectl get -f a.yaml -o name
t 'f:description' kubectl get app shop -o yaml --show-managed-fields
t 'kubectl-create' kubectl get app shop -o 'jsonpath={.metadata.managedFields[*].manager}'
case $(kubectl get app shop -o yaml) in *managedFields*) t 'no managed fields' echo 'they are shown' ;; esac
t '"kind":"ApplicationList"' kubectl get --raw /apis/applicationconnector.kyma-project.io/v1alpha1/applications
t 'No resources found' kubectl get am

# what kubectl remembers of its own applies
t 'description: one' kubectl apply view-last-applied app shop
t 'configured' kubectl apply set-last-applied -f b.yaml
t 'description: two' kubectl apply view-last-applied -f a.yaml
t 'configured' kubectl apply -f b.yaml
t 'edited' env KUBE_EDITOR='sed -i s/two/three/' kubectl apply edit-last-applied app shop
t 'description: three' kubectl apply view-last-applied app shop
t 'configured' kubectl apply -f b.yaml

# label and annotate
t 'labeled' kubectl label app shop tier=gold
t "already has a value (gold)" kubectl label app shop tier=silver
t 'labeled' kubectl label app shop tier=silver --overwrite
t 'tier=silver' kubectl label app shop --list
t 'not labeled' kubectl label app shop tier=silver --overwrite
t 'unlabeled' kubectl label app shop tier-
t 'annotated' kubectl annotate app shop recipe.io/note=a
t 'annotated' kubectl annotate app --all recipe.io/note=b --overwrite
t 'recipe.io/note=b' kubectl annotate app shop --list
t 'annotated' kubectl annotate app shop recipe.io/note-
t 'invalid label value' kubectl label app shop 'tier=a b'
t 'labeled (server dry run)' kubectl label app shop tier=lead --dry-run=server

# edit, of a custom resource and of a Secret, with an answer and without
t 'no changes made' env KUBE_EDITOR=true kubectl edit app shop
t 'edited' env KUBE_EDITOR='sed -i s/description:.two/description:\ edited/' kubectl edit app shop
t 'created' kubectl create -f s.yaml
t 'edited' env KUBE_EDITOR='sed -i s/YmVmb3Jl/ZWRpdGVk/' kubectl edit secret s
t 'edited' kubectl get secret s -o 'go-template={{.data.password | base64decode}}'
t 'is invalid' env KUBE_EDITOR='sed -i s/description:/descripton:/' kubectl edit app shop

# differences
t '-  description: edited' kubectl diff -f c.yaml
t '+  description: three' kubectl diff --server-side --force-conflicts -f c.yaml
t 'conflict with "kubectl-edit"' kubectl diff --server-side --field-manager=robot -f c.yaml
t '***' kubectl diff -f s2.yaml
t '***' kubectl diff --server-side --force-conflicts -f s2.yaml

# server-side apply: made, changed, left out, taken, given up, dry
app applied one >applied.yaml
sed '/^spec/d' applied.yaml >bare.yaml
t 'applied serverside-applied' kubectl apply --server-side -f applied.yaml
t 'serverside-applied (server dry run)' kubectl apply --server-side --dry-run=server -f bare.yaml
t '1 one' kubectl get app applied -o 'jsonpath={.metadata.generation} {.spec.description}'
t 'serverside-applied' kubectl apply --server-side --field-manager=second -f applied.yaml
t 'serverside-applied' kubectl apply --server-side -f bare.yaml
t 'one' kubectl get app applied -o 'jsonpath={.spec.description}'
t 'serverside-applied' kubectl apply --server-side --field-manager=second -f bare.yaml
t '[]' kubectl get app applied -o 'jsonpath=[{.spec.description}]'
t 'field not declared in schema' sh -c 'sed s/description/descripton/ applied.yaml | kubectl apply --server-side -f -'
t 'secret/s serverside-applied' kubectl apply --server-side --force-conflicts -f s.yaml
t 'conflict' kubectl apply --server-side --field-manager=robot -f s2.yaml
t 'before' kubectl get secret s -o 'go-template={{.data.password | base64decode}}'
t 'secret/s serverside-applied' kubectl apply --server-side --field-manager=robot --force-conflicts -f s2.yaml
t 'after' kubectl get secret s -o 'go-template={{.data.password | base64decode}}'
t 'namespaces "nowhere" not found' sh -c 'sed s/habits/nowhere/ s.yaml | kubectl apply --server-side -f -'

# from kubectl's own apply to the server's, and back
app moved one >moved.yaml
t 'created' kubectl apply -f moved.yaml
t 'moved serverside-applied' kubectl apply --server-side -f moved.yaml
t 'kubectl:Apply' kubectl get app moved \
  -o 'jsonpath={range .metadata.managedFields[*]}{.manager}:{.operation} {end}'
sed 's/one/two/' moved.yaml >moved2.yaml
t 'serverside-applied' kubectl apply --server-side -f moved2.yaml
t 'configured' kubectl apply -f moved.yaml
t 'one' kubectl get app moved -o 'jsonpath={.spec.description}'

# a set of files, and what is no longer in it
KUBECTL_APPLYSET=true
export KUBECTL_APPLYSET
set_of() { sed "s/: s,/: $1,/" s.yaml; }
set_of kept >kept.yaml
set_of gone >gone.yaml
t 'secret/gone serverside-applied' kubectl apply -n habits --server-side --prune --applyset=set -f kept.yaml -f gone.yaml
t 'secret/gone pruned' kubectl apply -n habits --server-side --prune --applyset=set -f kept.yaml
t 'not found' kubectl get secret gone
t 'secret/kept' kubectl get secret -l applyset.kubernetes.io/part-of -o name
t 'kubectl/' kubectl get secret set -o 'jsonpath={.metadata.annotations.applyset\.kubernetes\.io/tooling}'

# patches from a file, with versions, and of parts
printf '%s\n' '- {op: test, path: /spec/description, value: edited}' \
  '- {op: replace, path: /spec/description, value: patched}' >patch.yaml
t 'patched' kubectl patch app shop --type=json --patch-file=patch.yaml
t 'invalid' kubectl patch app shop --type=json --patch-file=patch.yaml
t 'patched' kubectl get app shop -o 'jsonpath={.spec.description}'
t 'the object has been modified' kubectl patch app shop --type=merge -p '{"metadata":{"resourceVersion":"1"}}'
t 'patched' kubectl patch cm map -p '{"data":{"a":null,"c":"d"}}'
t '["a.yaml","c"]' kubectl get cm map -o 'go-template=[{{$s := ""}}{{range $k, $v := .data}}{{$s}}"{{$k}}"{{$s = ","}}{{end}}]'
t 'replaced' kubectl replace --force -f b.yaml
t 'two' kubectl get app shop -o 'jsonpath={.spec.description}'

# what depends on what is deleted
uid=$(kubectl get cm map -o 'jsonpath={.metadata.uid}')
printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata:' '  name: dependent' '  ownerReferences:' \
  "  - {apiVersion: v1, kind: ConfigMap, name: map, uid: $uid}" >dependent.yaml
t 'secret/dependent created' kubectl apply -f dependent.yaml
t 'deleted' kubectl delete cm map --cascade=orphan --wait=false
t 'dependent' kubectl get secret dependent -o name
t '(server dry run)' kubectl delete secret dependent --dry-run=server
t 'deleted' kubectl delete secret dependent --now

# describe of every kind
printf '%s\n' 'apiVersion: applicationconnector.kyma-project.io/v1alpha1' 'kind: ApplicationMapping' \
  'metadata: {name: shop}' '---' 'apiVersion: eventing.kyma-project.io/v1alpha2' 'kind: Subscription' \
  'metadata: {name: orders}' 'spec: {sink: "http://orders.habits.svc.cluster.local", source: shop, types: [order.v1]}' \
  '---' 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: map}' 'data: {a: of the map}' >kinds.yaml
t 'subscription.eventing.kyma-project.io/orders created' kubectl create -f kinds.yaml
t 'Description:' kubectl describe app shop
t 'Kind:         ApplicationMapping' kubectl describe am shop
t 'Sink:' kubectl describe subscriptions orders
t 'tls.crt:' kubectl describe secret tls
t 'Active' kubectl describe ns habits
t 'BinaryData' kubectl describe cm map
t 'Name:' kubectl describe -f kinds.yaml

# wait
t 'condition met' kubectl wait --for='jsonpath={.spec.description}'=two app/shop --timeout=60s
t 'timed out' kubectl wait --for='jsonpath={.spec.description}'=other app/shop --timeout=1s
t 'not found' kubectl wait --for='jsonpath={.spec.description}'=two app/nope --timeout=1s
minor=$(kubectl version --client -o 'json' | sed -n 's/.*"minor": "\([0-9]*\).*/\1/p')
if [ "$minor" -ge 31 ]; then
  kubectl wait --for=create cm/late --timeout=60s >late.txt 2>&1 &
  t 'created' kubectl create configmap late --from-literal=a=b
  wait
  t 'condition met' cat late.txt
  t 'condition met' kubectl wait --for='jsonpath={.metadata.uid}' app/shop --timeout=60s
fi

# a status of its own
t 'patched' kubectl patch subscription orders --subresource=status --type=merge -p '{"status":{"ready":true,"types":[]}}'
t 'true' kubectl get subscription orders --subresource=status -o 'jsonpath={.status.ready}'
t 'patched' kubectl patch subscription orders --type=merge -p '{"status":{"ready":false}}'
t 'true' kubectl get subscription orders -o 'jsonpath={.status.ready}'
t 'edited' env KUBE_EDITOR='sed -i "s/ready: true/ready: false/"' kubectl edit subscription orders --subresource=status
t 'false' kubectl get subscription orders -o 'jsonpath={.status.ready}'

# what nothing here could do
t 'no kind "Application" is registered' kubectl rollout status app/shop
t 'no kind "Application" is registered' kubectl rollout restart app/shop
t 'no kind "Application" is registered' kubectl expose app shop --port=80
t 'cannot autoscale' kubectl autoscale app shop --max=2
t 'no kind "Application" is registered' kubectl set image app/shop a=b
t 'no kind "Application" is registered' kubectl logs app/shop
t "doesn't have a resource type" kubectl get nonsense
t 'ensure CRDs are installed first' sh -c 'sed s/Application/Nope/ a.yaml | kubectl apply -f -'

t 'deleted' kubectl delete -f kinds.yaml -f a.yaml --ignore-not-found
t 'deleted' kubectl delete -f kinds.yaml -f applied.yaml -f moved.yaml --ignore-not-found
t 'deleted' kubectl delete secret,cm --all
wait
echo "done, bad=$bad"
