//! Just enough DER to write private keys that no library would write.

/// id-ecPublicKey.
pub const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// rsaEncryption and its NULL.
pub const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// id-RSASSA-PSS, without parameters.
pub const RSA_PSS: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// id-Ed25519.
pub const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// One element.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

/// SEQUENCE of elements.
pub fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &elements.concat())
}

/// Non-negative INTEGER.
pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let stripped: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let sign = if stripped.first().is_none_or(|first| *first >= 0x80) { &[0][..] } else { &[] };
    tlv(0x02, &[sign, &stripped].concat())
}

/// OCTET STRING.
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(0x04, bytes)
}

/// BIT STRING of whole bytes.
pub fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes].concat())
}

/// PKCS#8 around a key, with the contents of the `AlgorithmIdentifier`.
pub fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[&integer(&[]), &tlv(0x30, algorithm), &octets(key)])
}

/// SEC1's `ECPrivateKey`, with the optional elements as they are to appear.
pub fn sec1(scalar: &[u8], curve: Option<&[u8]>, point: Option<&[u8]>) -> Vec<u8> {
    let curve = curve.map(|curve| tlv(0xa0, curve)).unwrap_or_default();
    let point = point.map(|point| tlv(0xa1, &bits(point))).unwrap_or_default();
    sequence(&[&integer(&[1]), &octets(scalar), &curve, &point])
}

/// The element from definite into indefinite length.
pub fn indefinite(element: &[u8]) -> Vec<u8> {
    let header = if element[1] < 0x80 { 2 } else { 2 + usize::from(element[1] & 0x7f) };
    [&[element[0], 0x80], &element[header..], &[0, 0]].concat()
}
