# What the scripts beside it begin with: `. functions.sh`, in an empty directory.
bad=0
t() {
  want=$1
  shift
  out=$("$@" 2>&1) || :
  case "$out" in
  *"$want"*) ;;
  *)
    echo "FAIL $*"
    echo "  want $want"
    echo "  got  $out"
    bad=1
    ;;
  esac
}
# Waits until a file has a text: what began in the background is that far.
until_in() {
  tries=600
  # The file is there when the background has got so far as to make it.
  until grep -qs "$1" "$2" || [ $((tries -= 1)) -eq 0 ]; do sleep 0.1; done
}
app() {
  printf '%s\n' 'apiVersion: applicationconnector.kyma-project.io/v1alpha1' 'kind: Application' \
    "metadata: {name: $1, labels: {set: recipe}$3}" "spec: {description: $2, labels: {region: eu}, tags: [a, b]}"
}
