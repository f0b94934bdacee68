#!/usr/bin/env bash
# Generates the Swift code of Protos/: messages into ShopContracts, gRPC stubs into ShopContractsRPC.
# The result is committed, so only who changes a .proto file needs to run this (make contracts).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v protoc >/dev/null; then
    echo "protoc is missing; installing it" >&2
    if command -v apt-get >/dev/null; then
        apt_get="apt-get"
        [ "$(id -u)" = 0 ] || apt_get="sudo apt-get"
        $apt_get update -qq
        $apt_get install -y -qq protobuf-compiler >/dev/null
    elif command -v brew >/dev/null; then
        brew install --quiet protobuf
    else
        echo "No package manager known here. Install protoc (https://protobuf.dev), then run this again." >&2
        exit 69
    fi
fi

# The plugins come from the packages the code is compiled with, so that both always fit together.
swift build --product protoc-gen-swift
swift build --product protoc-gen-grpc-swift-2
bin="$(swift build --show-bin-path)"

messages=Sources/Shop/ShopContracts
stubs=Sources/Shop/ShopContractsRPC

protos=()
services=()
while IFS= read -r proto; do
    protos+=("$proto")
    if grep -q '^service ' "Protos/$proto"; then services+=("$proto"); fi
done < <(cd Protos && find . -name '*.proto' | sed 's|^\./||' | LC_ALL=C sort)

# What a removed .proto file had generated must go too.
find "$messages" -name '*.pb.swift' -delete
find "$stubs" -name '*.grpc.swift' -delete

protoc -I Protos \
    --plugin="$bin/protoc-gen-swift" \
    --swift_opt=Visibility=Public \
    --swift_opt=UseAccessLevelOnImports=true \
    --swift_opt=FileNaming=FullPath \
    --swift_out="$messages" \
    "${protos[@]}"

protoc -I Protos \
    --plugin="$bin/protoc-gen-grpc-swift-2" \
    --grpc-swift-2_opt=Visibility=Public \
    --grpc-swift-2_opt=UseAccessLevelOnImports=true \
    --grpc-swift-2_opt=FileNaming=FullPath \
    --grpc-swift-2_opt=ExtraModuleImports=ShopContracts \
    --grpc-swift-2_out="$stubs" \
    "${services[@]}"

# Shapes a service keeps for itself stand in the service, beside the code that reads them.
mapping="$(mktemp)"
trap 'rm -f "$mapping"' EXIT
echo 'mapping { module_name: "ShopContracts" proto_file_path: "Values/values.proto" }' >"$mapping"
while IFS= read -r proto; do
    protoc -I Protos -I "$(dirname "$proto")" \
        --plugin="$bin/protoc-gen-swift" \
        --swift_opt=Visibility=Internal \
        --swift_opt=UseAccessLevelOnImports=true \
        --swift_opt=ProtoPathModuleMappings="$mapping" \
        --swift_out="$(dirname "$proto")" \
        "$proto"
done < <(find Sources/Shop -name '*.proto')

echo "Generated from ${#protos[@]} .proto files, ${#services[@]} with a service."
